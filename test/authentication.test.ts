import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { callbackOf } from '../functions/domain/callback.ts'
import { sharedKey } from '../functions/domain/proof/shared-key.ts'
import type { Request, Secret } from '../functions/domain/request.ts'
import { providers } from '../functions/providers/index.ts'
import { localSecret } from '../local/credentials.ts'
import { ARRIVAL, ORIGIN } from '../local/fixture-outcome.ts'
import { type Fixture, readFixtures, readHandshakes, requestOf } from '../local/fixtures.ts'

/** The text with another character in its middle, of the same kind where it may be base64. */
const off = (text: string): string => {
  const at = Math.floor(text.length / 2)
  return text.slice(0, at) + (text[at] === 'x' ? 'y' : 'x') + text.slice(at + 1)
}

describe.each(providers)('$id', ({ id, proof, handshake }) => {
  const secret = localSecret(id)
  const other: Secret = { ...secret, current: off(secret.current) }
  const document = readFixtures(id).find(({ name }) => name.startsWith('document-')) as Fixture
  const { headers, ...plain } = requestOf(document, ORIGIN, ARRIVAL)
  const bare: Request = {
    ...plain,
    url: plain.url.replace(/[?&]key=[^&]*/, ''),
    headers: headers['content-type'] ? { 'content-type': headers['content-type'] } : {},
  }
  const signed = proof.prove(bare, secret)
  const garbage = (texts: string[]) =>
    Object.fromEntries(
      Object.keys(signed.headers).map((name, index) => [name, texts[index % texts.length]]),
    ) as Request['headers']

  test('admits the current and the previous key', async () => {
    expect(await proof.verify(signed, secret)).toBe('authentic')
    expect(await proof.verify(signed, { ...other, previous: secret.current })).toBe('authentic')
  })

  test('refuses a wrong key, a removed previous key, and a request without one', async () => {
    expect(await proof.verify(signed, other)).toBe('refused')
    expect(await proof.verify(signed, { ...other, previous: '' })).toBe('refused')
    expect(await proof.verify(signed, { current: '', previous: '' })).toBe('refused')
    expect(await proof.verify(bare, secret)).toBe('refused')
  })

  test('refuses each header of its proof that is off by one character, or empty', async () => {
    for (const [name, value = ''] of Object.entries(signed.headers)) {
      if (value === bare.headers[name]) continue
      for (const wrong of [off(value), '', undefined])
        expect(await proof.verify({ ...signed, headers: { ...signed.headers, [name]: wrong } }, secret)).toBe('refused')
    }
  })

  test('refuses each header of its proof of which one letter has the other case', async () => {
    for (const [name, value = ''] of Object.entries(signed.headers)) {
      if (value === bare.headers[name] || /^[0-9a-f]+$/.test(value)) continue
      // The last characters of a base64 text may hold bits of no meaning.
      for (const { index } of [...value.slice(0, -2).matchAll(/[a-z]/gi)].slice(-20)) {
        const letter = value.charAt(index)
        const other = letter === letter.toLowerCase() ? letter.toUpperCase() : letter.toLowerCase()
        const headers = { ...signed.headers, [name]: value.slice(0, index) + other + value.slice(index + 1) }
        expect(await proof.verify({ ...signed, headers }, secret)).toBe('refused')
      }
    }
  })

  test('refuses garbage in every place, without an exception', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.string({ unit: 'binary' }), { minLength: 1 }),
        fc.uint8Array(),
        async (texts, bytes) => {
          const request = { ...bare, headers: garbage(texts), body: Buffer.from(bytes) }
          expect(await proof.verify(request, secret)).toBe('refused')
        },
      ),
    )
  })

  test('leaves no key and no signature in what is kept', () => {
    const kept = JSON.stringify(
      callbackOf(signed, proof.withheld, { provider: id, requestId: 'r', pathParameters: {} }),
    )
    // The ARN of a topic is no key: it says who may call, and stands in each of its messages.
    if (!secret.current.startsWith('arn:')) expect(kept).not.toContain(secret.current)
    for (const [name, value = ''] of Object.entries(signed.headers))
      if (value !== bare.headers[name]) expect(kept).not.toContain(value)
  })

  test.each(readHandshakes(id))('answers $name, and refuses a wrong token or key', async (fixture) => {
    const asked = requestOf(fixture, ORIGIN, ARRIVAL)
    const isProven = handshake?.asked === 'after the proof'
    const request = isProven ? proof.prove(asked, secret) : asked
    if (isProven) expect(await proof.verify(request, other)).toBe('refused')
    const tokens = Object.entries(secret).filter(([name]) => !/^(current|previous|privateKey|certificate)$/.test(name))
    for (const [name, token = ''] of isProven ? [] : tokens)
      expect(await handshake?.answer(request, { ...secret, [name]: off(token) })).toBe('refused')
  })
})

describe('a shared key', () => {
  const secret = { current: 'pass:word' }
  const verdict = (headers: Request['headers'], query = '') =>
    sharedKey.verify(
      { method: 'POST', url: `${ORIGIN}/x?${query}`, headers, body: Buffer.alloc(0), receivedAt: ARRIVAL },
      secret,
    )
  const basic = (credentials: string) => `Basic ${Buffer.from(credentials).toString('base64')}`

  test.each([
    ['the header', { 'x-api-key': 'pass:word' }, ''],
    ['the password of HTTP Basic, which may hold a colon', { authorization: basic('any:pass:word') }, ''],
    ['a Bearer token', { authorization: 'Bearer pass:word' }, ''],
    ['the query parameter', {}, 'a=1&key=pass%3Aword'],
    ['the query, where Authorization is of another scheme', { authorization: 'Digest x' }, 'key=pass:word'],
  ])('comes in %s', (_, headers, query) => expect(verdict(headers, query)).toBe('authentic'))

  test('is taken from the first place that has one', () => {
    expect(verdict({ 'x-api-key': 'pass:word', authorization: basic('any:wrong') }, 'key=wrong')).toBe('authentic')
    expect(verdict({ 'x-api-key': 'wrong', authorization: basic('any:pass:word') }, 'key=pass:word')).toBe('refused')
  })
})
