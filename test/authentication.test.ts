import { createHmac } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Provider, Request } from '../functions/domain/provider.ts'
import { bodySignature, hmacSha256, sharedKey } from '../functions/domain/signature.ts'
import { providers } from '../functions/providers/index.ts'

const [CURRENT, PREVIOUS, WRONG] = ['dGhlIGN1cnJlbnQga2V5', 'dGhlIHByZXZpb3VzIGtleQ==', 'ZnJvbSBzb21lYm9keSBlbHNl']
const SECRET = { current: CURRENT, previous: PREVIOUS }
const BODIES = ['{}', '', '{"name":"Zoë"}', Buffer.from([0xff, 0xfe, 0x00, 0x7b, 0xc3, 0x28])].map((body) =>
  Buffer.from(body),
)

/** The request as whoever holds the key would send it. */
function prove(provider: Provider, key: string, body: Buffer): Request {
  const signature = createHmac('sha256', Buffer.from(key, 'base64')).update(body).digest('base64')
  const headers = provider.authenticate === sharedKey ? { 'x-api-key': key } : { authorization: `TSA id:${signature}` }
  return { headers, query: new URLSearchParams(), body }
}

describe.each(providers)('$id', (provider) => {
  test.each(BODIES)('admits the current and the previous key, whatever the bytes (%#)', (body) => {
    expect(provider.authenticate(prove(provider, CURRENT, body), SECRET)).toBe(true)
    expect(provider.authenticate(prove(provider, PREVIOUS, body), SECRET)).toBe(true)
  })

  test.each(BODIES)('refuses a wrong key, and the previous one once it is gone (%#)', (body) => {
    expect(provider.authenticate(prove(provider, WRONG, body), SECRET)).toBe(false)
    expect(provider.authenticate(prove(provider, PREVIOUS, body), { current: CURRENT })).toBe(false)
    expect(provider.authenticate(prove(provider, PREVIOUS, body), { current: CURRENT, previous: '' })).toBe(false)
  })

  test('refuses a key or signature of which one letter has the other case', () => {
    const { headers, ...request } = prove(provider, CURRENT, Buffer.from('{}'))
    for (const [name, value = ''] of Object.entries(headers)) {
      const letters = [...value.matchAll(/[a-z]/gi)].map(({ index }) => index).slice(-20)
      expect(letters.length).toBeGreaterThan(10)
      for (const at of letters) {
        const letter = value.charAt(at)
        const other = letter === letter.toLowerCase() ? letter.toUpperCase() : letter.toLowerCase()
        const changed = value.slice(0, at) + other + value.slice(at + 1)
        expect(provider.authenticate({ ...request, headers: { [name]: changed } }, SECRET)).toBe(false)
      }
    }
  })

  test('refuses who shows nothing, or an empty key', () => {
    for (const headers of [
      {},
      { 'x-api-key': '', authorization: '', 'x-ts-authorization': '' },
      { authorization: 'Basic Og==' },
    ]) {
      expect(
        provider.authenticate({ headers, query: new URLSearchParams('key='), body: Buffer.from('{}') }, SECRET),
      ).toBe(false)
      expect(
        provider.authenticate(
          { headers, query: new URLSearchParams(), body: Buffer.from('{}') },
          { current: '', previous: '' },
        ),
      ).toBe(false)
    }
  })

  test('refuses garbage in every place, without an exception', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (a, b) => {
        const headers = { 'x-api-key': a, authorization: b, 'x-ts-authorization': a }
        const request = { headers, query: new URLSearchParams([['key', b]]), body: Buffer.from('{}') }
        expect(provider.authenticate(request, SECRET)).toBe(false)
      }),
    )
  })
})

describe('a shared key', () => {
  const admits = (headers: Request['headers'], query = '') =>
    sharedKey({ headers, query: new URLSearchParams(query), body: Buffer.alloc(0) }, { current: 'pass:word' })
  const basic = (credentials: string) => `Basic ${Buffer.from(credentials).toString('base64')}`

  test.each([
    ['the header', { 'x-api-key': 'pass:word' }, ''],
    ['the password of HTTP Basic, which may hold a colon', { authorization: basic('any:pass:word') }, ''],
    ['the query parameter', {}, 'a=1&key=pass%3Aword'],
    ['the query, where Authorization is of another scheme', { authorization: 'Bearer x' }, 'key=pass:word'],
  ])('comes in %s', (_, headers, query) => expect(admits(headers, query)).toBe(true))

  test('is taken from the first place that has one', () => {
    expect(admits({ 'x-api-key': 'pass:word', authorization: basic('any:wrong') }, 'key=wrong')).toBe(true)
    expect(admits({ 'x-api-key': 'wrong', authorization: basic('any:pass:word') }, 'key=pass:word')).toBe(false)
  })
})

describe('a TeleSign signature', () => {
  // The known vector of TeleSign's page "Authenticate callbacks".
  const KEY = 'EXAMPLE----TE8sTgg45yusumoN6BYsBVkh+yRJ5czgsnCehZaOYldPJdmFh6NeX8kunZ2zU1YWaUw/0wV6xfw=='
  const SIGNATURE = 'B97g3N9lPdVaptvifxRau7bzVAC5hhRBZ6HKXABN744='
  const body = Buffer.from("{'test': 123}")
  const authenticate = bodySignature(['authorization', 'x-ts-authorization'], hmacSha256)
  const admits = (headers: Request['headers']) =>
    authenticate({ headers, query: new URLSearchParams(), body }, { current: KEY })

  test('is the one of the known vector', () => expect(hmacSha256(body, KEY)).toBe(SIGNATURE))

  test.each([
    [{ authorization: `TSA customer:${SIGNATURE}` }],
    [{ 'x-ts-authorization': `TSA customer:${SIGNATURE}` }],
    [{ authorization: SIGNATURE }],
    [{ 'x-ts-authorization': SIGNATURE }],
    [{ authorization: 'TSA customer:wrong', 'x-ts-authorization': SIGNATURE }],
    [{ authorization: `TSA customer:${SIGNATURE}`, 'x-ts-authorization': 'wrong' }],
  ])('is admitted in %j', (headers) => expect(admits(headers)).toBe(true))

  test.each(['----', '====', '*', ' ', 'A', 'AAAA', 'c2hvcnQ=', 'c2V2ZW4gYg=='])(
    'is not admitted from anybody where the key is none: %j',
    (current) => {
      const keys = [Buffer.alloc(0), Buffer.from(current, 'base64'), Buffer.from(current)]
      for (const key of keys) {
        const headers = { authorization: createHmac('sha256', key).update(body).digest('base64') }
        const request = { headers, query: new URLSearchParams(), body }
        expect(authenticate(request, { current })).toBe(false)
        expect(authenticate(request, { current: KEY, previous: current })).toBe(false)
      }
    },
  )

  test('is admitted from the local stack, whose key is short', () => {
    const key = 'bG9jYWwta2V5'
    const headers = { authorization: hmacSha256(body, key) }
    expect(authenticate({ headers, query: new URLSearchParams(), body }, { current: key, previous: '----' })).toBe(true)
  })

  test('is not admitted for other bytes', () => {
    const request = {
      headers: { authorization: SIGNATURE },
      query: new URLSearchParams(),
      body: Buffer.from("{'test': 124}"),
    }
    expect(authenticate(request, { current: KEY })).toBe(false)
  })
})
