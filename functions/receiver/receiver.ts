import middy from '@middy/core'
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda'
import { callbackOf, MAX_BODY_BYTES } from '../domain/callback.ts'
import type { Verdict } from '../domain/proof/proof.ts'
import { type Answer, type Provider, providerName } from '../domain/provider.ts'
import type { Request } from '../domain/request.ts'
import { Problem, problemResponses, Stale } from '../platform/problem.ts'
import { enqueue, type Queue, unavailable } from '../platform/queue.ts'
import type { Secrets } from '../platform/secrets.ts'
import type { Telemetry } from '../platform/telemetry.ts'

/** The dependencies of a receiver. */
export interface Reception {
  provider: Provider
  secrets: Secrets
  queue: Queue
  telemetry: Pick<Telemetry, 'refused' | 'greeted' | 'unexpected'>
  /** Scheme and host that providers call, where that is not the gateway's own domain name under HTTPS. */
  publicUrl?: string | undefined
}

/** The handler of one provider's routes: authenticate, wrap, enqueue, answer. A 2xx means that the callback is durable. */
export function createReceiver(reception: Reception) {
  const { provider, telemetry } = reception
  return middy<APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2>()
    .use(problemResponses(telemetry.unexpected))
    .use({ onError: ({ error }) => void telemetry.refused(providerName(provider), error) })
    .handler((event) => receive(reception, event))
}

async function receive(reception: Reception, event: APIGatewayProxyEventV2) {
  const { provider, queue } = reception
  checkMethod(provider, event)
  const request = requestOf(event, reception.publicUrl)
  if (request.body.length > MAX_BODY_BYTES) throw new Problem(413, `A body may have up to ${MAX_BODY_BYTES} bytes.`)
  const first = await greet(reception, request, 'before the proof')
  if (first !== undefined) return first
  await authenticate(reception, request)
  const second = await greet(reception, request, 'after the proof')
  if (second !== undefined) return second
  const callback = callbackOf(request, provider.proof.withheld, {
    provider: provider.id,
    ...(provider.account && { account: provider.account }),
    requestId: event.requestContext.requestId,
    pathParameters: (event.pathParameters as Record<string, string> | undefined) ?? {},
  })
  await enqueue(queue, callback)
  return resultOf(provider.acknowledgement)
}

function checkMethod({ routes }: Provider, { routeKey, requestContext }: APIGatewayProxyEventV2) {
  const methods: readonly string[] = routes.find(({ path }) => routeKey.endsWith(` ${path}`))?.methods ?? []
  if (methods.includes(requestContext.http.method)) return
  throw new Problem(405, `Use ${methods.join(' or ')}.`, { allow: methods.join(', ') })
}

const requestOf = (
  { requestContext, rawPath, rawQueryString, headers, body = '', isBase64Encoded }: APIGatewayProxyEventV2,
  publicUrl = `https://${requestContext.domainName}`,
): Request => ({
  method: requestContext.http.method,
  url: `${publicUrl}${rawPath}${rawQueryString && '?'}${rawQueryString}`,
  headers,
  body: Buffer.from(body, isBase64Encoded ? 'base64' : 'utf8'),
  receivedAt: requestContext.timeEpoch,
})

/** The answer to a handshake; undefined where the request is none. */
async function greet({ provider, secrets, telemetry }: Reception, request: Request, asked: string) {
  const { handshake } = provider
  if (handshake?.asked !== asked) return undefined
  let answer = await orUnavailable(async () => handshake.answer(request, await secrets.current()))
  if (answer === 'refused') answer = await orUnavailable(async () => handshake.answer(request, await secrets.latest()))
  if (answer === 'refused') throw notAuthentic()
  if (answer === undefined) return undefined
  telemetry.greeted(providerName(provider))
  return resultOf(answer)
}

/** A key that has just been rotated is not refused: what the known secret does not accept is checked with the latest one. */
async function authenticate({ provider: { proof }, secrets }: Reception, request: Request): Promise<void> {
  const verdict = await orUnavailable(async (): Promise<Verdict> => {
    const known = await proof.verify(request, await secrets.current())
    return known === 'refused' ? proof.verify(request, await secrets.latest()) : known
  })
  if (verdict === 'stale') throw new Stale(401, notAuthentic().message)
  if (verdict === 'refused') throw notAuthentic()
}

const notAuthentic = () => new Problem(401, 'The request is not authentic.')

async function orUnavailable<T>(ask: () => Promise<T>): Promise<T> {
  try {
    return await ask()
  } catch (cause) {
    throw unavailable('The key that verifies this request cannot be read. Send it again.', cause)
  }
}

const resultOf = ({ status = 200, headers, body }: Answer): APIGatewayProxyStructuredResultV2 => ({
  statusCode: status,
  ...(headers && { headers }),
  ...(body !== undefined && { body }),
})
