import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { consoleRoutes } from '../local/cloudwatch.ts'
import { type Gateway, startGateway } from '../local/gateway.ts'

let gateway: Gateway
let calls: object[] = []

beforeAll(async () => {
  const functions = {
    async echo(event: object) {
      calls.push(event)
      return event
    },
    nothing: async () => undefined,
    large: async () => 'x'.repeat(6_291_555),
    async failing() {
      throw new RangeError('out of it')
    },
  }
  gateway = await startGateway(consoleRoutes({ dashboard: { widgets: [] }, functions }), 0)
})
afterAll(() => gateway.stop())

/** Posts to a function as the page does, unless headers say otherwise. */
function post(name: string, headers: Record<string, string | undefined> = {}, body = '{"a":1}') {
  calls = []
  const all = { 'content-type': 'application/json', origin: gateway.url, 'sec-fetch-site': 'same-origin', ...headers }
  const sent = Object.entries(all).filter((header): header is [string, string] => header[1] !== undefined)
  return fetch(`${gateway.url}/console/${name}`, { method: 'POST', headers: sent, body })
}

describe('POST /console/{function}', () => {
  test('gives what the function returned', async () => {
    expect(await (await post('echo')).json()).toEqual({ a: 1 })
    expect(await (await post('nothing')).json()).toBe(null)
  })

  test('answers an error as Lambda does', async () => {
    const failed = await post('failing')
    expect(failed.headers.get('x-amz-function-error')).toBe('Unhandled')
    expect(await failed.json()).toEqual({ errorType: 'RangeError', errorMessage: 'out of it' })
    expect(await (await post('large')).json()).toMatchObject({ errorType: 'Function.ResponseSizeTooLarge' })
  })

  test.each(['none', 'toString', '__proto__'])('knows no function %s', async (name) => {
    expect((await post(name)).status).toBe(404)
  })

  test.each(['', 'null', '1', '{'])('takes no event %j', async (body) => {
    expect((await post('echo', {}, body)).status).toBe(400)
    expect(calls).toEqual([])
  })

  test.each([
    ['of another type', { 'content-type': 'text/plain' }, 415],
    ['of a type that only looks like it', { 'content-type': 'text/plain; application/json' }, 415],
    ['of a foreign page', { 'sec-fetch-site': 'cross-site' }, 403],
    ['of a page on another port', { 'sec-fetch-site': 'same-site', origin: 'http://127.0.0.1:1' }, 403],
    ['of a foreign page in an old browser', { 'sec-fetch-site': undefined, origin: 'https://example.com' }, 403],
    ['of a sandboxed page', { 'sec-fetch-site': undefined, origin: 'null' }, 403],
    ['without a sender', { 'sec-fetch-site': undefined, origin: undefined }, 403],
    ['by a person who opened an address', { 'sec-fetch-site': 'none', origin: undefined }, 403],
  ])('takes no request %s', async (_, headers, status) => {
    expect((await post('echo', headers)).status).toBe(status)
    expect(calls).toEqual([])
  })

  test('takes a request of its own page from a browser that sends only its origin', async () => {
    expect((await post('echo', { 'sec-fetch-site': undefined })).status).toBe(200)
  })
})

test('a foreign name that was pointed at this machine gets nothing', async () => {
  const { request } = await import('node:http')
  const statusOf = (host: string) =>
    new Promise((resolve) => {
      request(gateway.url, { headers: { host } }, (response) => resolve(response.resume().statusCode)).end()
    })
  expect(await statusOf('evil.example:3000')).toBe(421)
  expect(await statusOf('127.0.0.1.evil.example')).toBe(421)
  expect(await statusOf('localhost:3000')).toBe(200)
})

test('the page may load and send nothing elsewhere', async () => {
  const page = await fetch(gateway.url)
  const policy = page.headers.get('content-security-policy')
  for (const rule of ["default-src 'none'", "script-src 'self'", "form-action 'none'", "frame-ancestors 'none'"]) {
    expect(policy).toContain(rule)
  }
  const assets = [...(await page.text()).matchAll(/(?:src|href)="(\/[^"]+)"/g)].map(([, path]) => path)
  expect(assets).toHaveLength(2)
  for (const path of assets) expect((await fetch(gateway.url + path)).status).toBe(200)
})
