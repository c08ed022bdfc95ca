import type { APIGatewayProxyEventV2 } from 'aws-lambda'
import type { GatewayRoute } from './gateway.ts'

/** Names of this machine; any other is a foreign name that was pointed at it (DNS rebinding). */
const LOCAL_HOST = /^(127\.0\.0\.1|localhost)(:\d+)?$/

/** Answers what was addressed to this machine by a name of its own. */
export const onlyLocal =
  (answer: GatewayRoute['invoke']): GatewayRoute['invoke'] =>
  async (event) =>
    LOCAL_HOST.test(event.headers.host ?? '')
      ? answer(event)
      : { statusCode: 421, body: 'expected the host 127.0.0.1 or localhost' }

/**
 * Whether a browser says that a page of this very server sent a request; forms and pages of others cannot, nor can who says
 * nothing. https://developer.mozilla.org/en-US/docs/Web/HTTP/Reference/Headers/Sec-Fetch-Site
 */
export function isSameOrigin({ headers }: APIGatewayProxyEventV2): boolean {
  const { host, origin, 'sec-fetch-site': site } = headers
  if (site !== undefined && site !== 'same-origin') return false
  if (origin !== undefined) return origin === `http://${host}`
  return site !== undefined
}
