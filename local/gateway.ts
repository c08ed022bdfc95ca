import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda'

/** A route key as API Gateway spells it (`ANY /a/{b}`) and the handler that it invokes. */
export interface GatewayRoute {
  key: string
  invoke: (event: APIGatewayProxyEventV2) => Promise<APIGatewayProxyStructuredResultV2>
}

/** A running gateway. */
export interface Gateway {
  /** `http://127.0.0.1:port`, without a slash at its end. */
  url: string
  /** Accepts no more requests, and resolves when the current ones are answered, or cut off after five seconds. */
  stop(): Promise<void>
}

/** How long a request may still take when the gateway stops, in milliseconds. */
const PATIENCE = 5_000

/** API Gateway's own limit: https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html */
const MAX_BODY_BYTES = 10 * 1024 * 1024

/**
 * Content types whose bodies reach a Lambda as text, whatever their bytes: what is not UTF-8 is replaced. All others come in
 * base64, `+json` ones too. Verified against AWS: https://github.com/ministackorg/ministack/pull/766
 */
const TEXT = /^(text\/|application\/(json|javascript|xml)\s*(;|$))/i

/** An HTTP API on 127.0.0.1, with the payload format 2.0 of a Lambda integration; port 0 takes any free one. `onUnknown` gets a request without a route. */
export async function startGateway(
  routes: readonly GatewayRoute[],
  port: number,
  onUnknown: (request: string) => void = () => {},
): Promise<Gateway> {
  const find = routerOf(routes)

  async function answer(request: IncomingMessage): Promise<APIGatewayProxyStructuredResultV2> {
    const body = await readBody(request)
    if (body === undefined) return ownAnswer(413, 'Request Entity Too Large')
    const event = eventOf(request, body)
    const path = routedPath(request)
    if (event === undefined || path === undefined) return ownAnswer(400, 'Bad Request')
    const match = find(event.requestContext.http.method, path)
    if (match === undefined) {
      onUnknown(`${event.requestContext.http.method} ${event.rawPath}`)
      return ownAnswer(404, 'Not Found')
    }
    return match.route.invoke({ ...event, routeKey: match.route.key, pathParameters: match.pathParameters })
  }

  const server = createServer(async (request, response) => {
    const result = await answer(request).catch(() => ownAnswer(500, 'Internal Server Error'))
    const bytes = Buffer.from(result.body ?? '')
    response.writeHead(result.statusCode ?? 200, {
      ...(result.headers as Record<string, string>),
      'content-length': bytes.length,
    })
    response.end(bytes)
  })
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async stop() {
      const closed = once(server, 'close')
      server.close()
      server.closeIdleConnections()
      const insisting = setTimeout(() => server.closeAllConnections(), PATIENCE)
      await closed
      clearTimeout(insisting)
    },
  }
}

/** The gateway's own answers, as API Gateway words them. */
const ownAnswer = (statusCode: number, message: string): APIGatewayProxyStructuredResultV2 => ({
  statusCode,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({ message }),
})

function routerOf(routes: readonly GatewayRoute[]) {
  const known = routes.map((route) => {
    const [method = '', path = ''] = route.key.split(' ')
    return { route, method, pattern: patternOf(path) }
  })
  return (method: string, path: string) => {
    for (const { route, method: own, pattern } of known) {
      const match = own === 'ANY' || own === method ? pattern.exec(path) : null
      if (match !== null) return { route, pathParameters: { ...match.groups } }
    }
    return undefined
  }
}

/** `{name}` stands for one segment of a path, `{name+}` for one or more. */
const patternOf = (path: string): RegExp =>
  new RegExp(
    `^${path.replace(/[.]/g, '\\.').replace(/\{(\w+)(\+?)\}/g, (_, name, plus) => `(?<${name}>${plus ? '.+' : '[^/]+'})`)}$`,
    's',
  )

/**
 * A path as HTTP APIs hand it over: decoded, cut at a question mark that was encoded, and decoded again; undefined where that
 * cannot be done, which they answer with 400. Captured from AWS: https://github.com/middleapi/standard-server/pull/93
 */
function decodePath(path: string): string | undefined {
  try {
    const [once = ''] = decodeURIComponent(path).split('?')
    return decodeURIComponent(once)
  } catch {
    return undefined
  }
}

/**
 * The path that a request is routed by, decoded: API Gateway routes `//a` as `/a`, but slashes that were encoded all stay.
 * https://github.com/localstack/localstack/issues/11253 (REST APIs; for HTTP APIs no page says it). Avaamo's own curl example
 * has such a path.
 */
const routedPath = ({ url = '/' }: IncomingMessage) => decodePath(splitOnce(url, '?')[0].replace(/\/{2,}/g, '/'))

/** The body's bytes; undefined where they are too many. */
async function readBody(request: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of request) {
    bytes += chunk.length
    if (bytes <= MAX_BODY_BYTES) chunks.push(chunk)
  }
  return bytes <= MAX_BODY_BYTES ? Buffer.concat(chunks) : undefined
}

/**
 * The event of a request; undefined where its path cannot be read.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
 */
function eventOf(request: IncomingMessage, body: Buffer): APIGatewayProxyEventV2 | undefined {
  const [path, rawQueryString] = splitOnce(request.url ?? '/', '?')
  const rawPath = decodePath(path)
  if (rawPath === undefined) return undefined
  const headers = Object.fromEntries(
    Object.entries(request.headersDistinct).map(([name, values = []]) => [name, values.join(',')]),
  )
  const isBase64Encoded = body.length > 0 && !TEXT.test(headers['content-type'] ?? '')
  const now = Date.now()
  return {
    version: '2.0',
    routeKey: '$default',
    rawPath,
    rawQueryString,
    headers,
    queryStringParameters: joinedParameters(rawQueryString),
    requestContext: {
      accountId: '000000000000',
      apiId: 'local',
      domainName: headers.host ?? '',
      domainPrefix: 'local',
      http: {
        method: request.method ?? 'GET',
        path: rawPath,
        protocol: `HTTP/${request.httpVersion}`,
        sourceIp: request.socket.remoteAddress ?? '',
        userAgent: headers['user-agent'] ?? '',
      },
      requestId: randomUUID(),
      routeKey: '$default',
      stage: '$default',
      time: new Date(now).toISOString(),
      timeEpoch: now,
    },
    isBase64Encoded,
    ...(body.length > 0 && { body: body.toString(isBase64Encoded ? 'base64' : 'utf8') }),
  }
}

function joinedParameters(query: string): Record<string, string> {
  const parameters: Record<string, string> = {}
  for (const [name, value] of new URLSearchParams(query)) {
    parameters[name] = name in parameters ? `${parameters[name]},${value}` : value
  }
  return parameters
}

function splitOnce(text: string, separator: string): [string, string] {
  const at = text.indexOf(separator)
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)]
}
