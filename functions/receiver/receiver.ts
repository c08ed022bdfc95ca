import middy from '@middy/core'
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda'
import { type Callback, encodeBody } from '../domain/callback.ts'
import type { Provider, Request } from '../domain/provider.ts'
import { Problem, problemResponses } from '../platform/problem.ts'
import { enqueue, type Queue, unavailable } from '../platform/queue.ts'
import type { Secrets } from '../platform/secrets.ts'
import type { Telemetry } from '../platform/telemetry.ts'

/** What a receiver works with. */
export interface Reception {
  provider: Provider
  secrets: Secrets
  queue: Queue
  telemetry: Pick<Telemetry, 'refused' | 'unexpected'>
}

/** The handler of one provider's routes: authenticate, wrap, enqueue, answer. A 2xx means that the callback is durable. */
export function createReceiver(reception: Reception) {
  const { provider, telemetry } = reception
  return middy<APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2>()
    .use(problemResponses(telemetry.unexpected))
    .use({ onError: ({ error }) => void telemetry.refused(provider.id, error) })
    .handler((event) => receive(reception, event))
}

async function receive({ provider, secrets, queue }: Reception, event: APIGatewayProxyEventV2) {
  checkMethod(provider, event)
  const body = Buffer.from(event.body ?? '', event.isBase64Encoded ? 'base64' : 'utf8')
  const request: Request = { headers: event.headers, query: new URLSearchParams(event.rawQueryString), body }
  if (!(await isAuthentic(provider, secrets, request))) throw new Problem(401, 'The request is not authentic.')
  await enqueue(queue, wrap(provider, event, body))
  return acknowledge(provider)
}

function checkMethod({ routes }: Provider, { routeKey, requestContext }: APIGatewayProxyEventV2) {
  const methods: readonly string[] = routes.find(({ path }) => routeKey.endsWith(` ${path}`))?.methods ?? []
  if (methods.includes(requestContext.http.method)) return
  throw new Problem(405, `Use ${methods.join(' or ')}.`, { allow: methods.join(', ') })
}

/** A key that has just been rotated is not refused: what the known secret does not admit is held against the latest. */
async function isAuthentic({ authenticate }: Provider, secrets: Secrets, request: Request): Promise<boolean> {
  try {
    return authenticate(request, await secrets.current()) || authenticate(request, await secrets.latest())
  } catch (cause) {
    throw unavailable('The secret cannot be read; send it again.', cause)
  }
}

const wrap = (provider: Provider, event: APIGatewayProxyEventV2, body: Buffer): Callback => ({
  provider: provider.id,
  requestId: event.requestContext.requestId,
  receivedAt: new Date(event.requestContext.timeEpoch).toISOString(),
  pathParameters: (event.pathParameters as Callback['pathParameters']) ?? {},
  query: withoutKey(event.rawQueryString),
  contentType: event.headers['content-type'] ?? null,
  ...encodeBody(body),
})

/** The raw query string without the parameter `key`, however it is spelled. */
const withoutKey = (query: string): string =>
  query
    .split('&')
    .filter((parameter) => !new URLSearchParams(parameter).has('key'))
    .join('&')

const acknowledge = ({ acknowledgement }: Provider): APIGatewayProxyStructuredResultV2 =>
  acknowledgement === undefined
    ? { statusCode: 200 }
    : { statusCode: 200, headers: { 'content-type': 'application/json' }, body: JSON.stringify(acknowledgement) }
