import { request } from 'node:http'
import { text } from 'node:stream/consumers'
import type { APIGatewayProxyEventV2 } from 'aws-lambda'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Gateway, startGateway } from '../local/gateway.ts'

let gateway: Gateway
const invoke = async (event: APIGatewayProxyEventV2) => ({ statusCode: 200, body: JSON.stringify(event) })

beforeAll(async () => {
  const keys = ['GET /v1/messages', 'GET /v1/messages/{provider}/{messageId+}', 'ANY /a/{b}/status', 'POST /body']
  gateway = await startGateway(
    keys.map((key) => ({ key, invoke })),
    0,
  )
})
afterAll(() => gateway.stop())

/** Sends a path as it is, which `fetch` would normalize. */
async function call(path: string, method = 'GET', headers: Record<string, string> = {}, body?: Buffer) {
  const { hostname, port } = new URL(gateway.url)
  const { promise, resolve, reject } = Promise.withResolvers<import('node:http').IncomingMessage>()
  request({ hostname, port, path, method, headers }, resolve).on('error', reject).end(body)
  const response = await promise
  return { status: response.statusCode, event: JSON.parse(await text(response)) }
}

describe('a path', () => {
  // As captured from HTTP APIs: https://github.com/middleapi/standard-server/pull/93
  test.each([
    ['question%3Fvalue', 'question'],
    ['literal%252Fvalue', 'literal/value'],
    ['literal%253Fvalue', 'literal?value'],
    ['hash%23value', 'hash#value'],
    ['slash%2Fvalue', 'slash/value'],
    ['slashes%2F%2Fvalue', 'slashes//value'],
    ['percent%252525', 'percent%25'],
    ['a%20b%C3%A9', 'a bé'],
    ['plus+plus', 'plus+plus'],
    ['a.b', 'a.b'],
  ])('%s reaches the function as %s', async (sent, messageId) => {
    const { event } = await call(`/v1/messages/octopush/${sent}`)
    expect(event.pathParameters).toEqual({ provider: 'octopush', messageId })
    expect(event.rawPath).toBe(`/v1/messages/octopush/${messageId}`)
  })

  test.each(['percent%25done', 'percent%done', 'bytes%FF'])('%s is answered with 400', async (sent) => {
    expect(await call(`/v1/messages/octopush/${sent}`)).toEqual({ status: 400, event: { message: 'Bad Request' } })
  })

  test('is routed by its segments, and a query string is left as it is', async () => {
    const { event } = await call('/v1/messages?messageId=a%3Fb%25&messageId=c', 'GET')
    expect(event).toMatchObject({
      routeKey: 'GET /v1/messages',
      pathParameters: {},
      rawQueryString: 'messageId=a%3Fb%25&messageId=c',
      queryStringParameters: { messageId: 'a?b%,c' },
    })
    expect((await call('//a/1/status', 'PUT')).event.pathParameters).toEqual({ b: '1' })
    for (const path of ['/a/1/2/status', '/a//status', '/a/1/statuses', '/v1/messages/octopush'])
      expect((await call(path)).status, path).toBe(404)
    expect((await call('/v1/messages', 'POST')).status).toBe(404)
  })
})

describe('a body', () => {
  const bytes = Buffer.from([0x7b, 0xff, 0x7d])

  test.each(['text/plain', 'application/json', 'application/json; charset=utf-8', 'application/xml', 'TEXT/html'])(
    'of %s is text, in which what is not UTF-8 is replaced',
    async (type) => {
      const { event } = await call('/body', 'POST', { 'content-type': type }, bytes)
      expect([event.isBase64Encoded, event.body]).toEqual([false, '{\ufffd}'])
    },
  )

  test.each([
    'application/octet-stream',
    'application/x-www-form-urlencoded',
    'application/cloudevents+json',
    'application/jsonlines',
    '',
  ])('of %j comes in base64', async (type) => {
    const { event } = await call('/body', 'POST', type ? { 'content-type': type } : {}, Buffer.from('{}'))
    expect([event.isBase64Encoded, event.body]).toEqual([true, 'e30='])
  })

  test('that is empty lacks', async () => {
    const { event } = await call('/body', 'POST', { 'content-type': 'application/octet-stream' })
    expect([event.isBase64Encoded, event.body]).toEqual([false, undefined])
  })
})
