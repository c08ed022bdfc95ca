import type { APIGatewayProxyEventV2 } from 'aws-lambda'
import { Problem } from '../functions/platform/problem.ts'

/** Names of headers and parameters in which providers prove themselves. */
const PROOF = /^authorization$|key|sign|token|digest/i

/** Why a request was not authentic: for the log of the local stack only; the sender gets no reason. */
export function reasonOf(error: unknown, event: APIGatewayProxyEventV2 | undefined): string | undefined {
  if (!(error instanceof Problem) || error.status !== 401 || event === undefined) return undefined
  const names = [...Object.keys(event.headers), ...new URLSearchParams(event.rawQueryString).keys()]
  return names.some((name) => PROOF.test(name)) ? 'wrong key or signature' : 'no key'
}
