import { generateKeyPairSync } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { keySetSignature } from '../../functions/domain/proof/key-set.ts'
import type { Request, Secret } from '../../functions/domain/request.ts'

const NOW = Date.parse('2026-01-02T03:04:05.678Z')
const URL_OF_SET = 'https://postal.example.com/.well-known/jwks.json'
const OPTIONS = { signatures: { sha256: 'signature-256', sha1: 'signature' }, keyId: 'kid' }

const [mine, next, other] = ['mine', 'next', 'other'].map((kid) => {
  const pair = generateKeyPairSync('rsa', { modulusLength: 2048 })
  return {
    kid,
    jwk: { ...pair.publicKey.export({ format: 'jwk' }), kid, use: 'sig' },
    pem: `${pair.publicKey.export({ type: 'spki', format: 'pem' })}`,
    privateKey: `${pair.privateKey.export({ type: 'pkcs8', format: 'pem' })}`,
  }
}) as [Key, Key, Key]
type Key = { kid: string; jwk: object; pem: string; privateKey: string }

/** A server of a key set, which may change, and who asks it. */
function server(keys: object[] | string | undefined) {
  const asked: string[] = []
  const state = { keys }
  const proof = keySetSignature(OPTIONS, async (url) => {
    asked.push(url)
    const { keys } = state
    return typeof keys === 'object' ? JSON.stringify({ keys }) : keys
  })
  const verify = (key: Key, secret: Secret = { current: URL_OF_SET }, kid: string | undefined = key.kid, at = NOW) => {
    const bare: Request = { method: 'POST', url: '', headers: {}, body: Buffer.from('{}'), receivedAt: at }
    const signed = proof.prove(bare, { ...secret, privateKey: key.privateKey })
    return proof.verify({ ...signed, headers: { ...signed.headers, ...(kid && { kid }) } }, secret)
  }
  return { asked, state, verify }
}

describe('a key set', () => {
  test('is fetched once, from where the secret says, and kept for an hour', async () => {
    const { asked, verify } = server([other.jwk, mine.jwk])
    for (const minutes of [0, 1, 59])
      expect(await verify(mine, { current: URL_OF_SET }, mine.kid, NOW + minutes * 60_000)).toBe('authentic')
    expect(asked).toEqual([URL_OF_SET])
    expect(await verify(mine, { current: URL_OF_SET }, mine.kid, NOW + 60 * 60_000)).toBe('authentic')
    expect(asked).toHaveLength(2)
  })

  test('is fetched again for a key that it lacks, once a minute', async () => {
    const { asked, state, verify } = server([mine.jwk])
    expect(await verify(mine)).toBe('authentic')
    state.keys = [next.jwk]
    for (let i = 0; i < 5; i++) expect(await verify(next)).toBe('refused')
    expect(asked).toHaveLength(1)
    expect(await verify(next, { current: URL_OF_SET }, next.kid, NOW + 60_000)).toBe('authentic')
    expect(asked).toHaveLength(2)
  })

  test.each([
    ['the signature is by another key', [mine.jwk], other, mine.kid],
    ['it names a key of somebody else', [mine.jwk], other, other.kid],
    ['it names no key', [mine.jwk], mine, ''],
    ['the set is empty', [], mine, mine.kid],
    ['there is no set', undefined, mine, mine.kid],
    ['the set is no JSON', 'keys', mine, mine.kid],
    ['its key is none', [{ kty: 'RSA', kid: mine.kid, n: 'x' }], mine, mine.kid],
    ['its key is of another kind', [{ kty: 'oct', kid: mine.kid, k: 'eA' }], mine, mine.kid],
  ])('refuses where %s', async (_, keys, key, kid) => {
    expect(await server(keys).verify(key, { current: URL_OF_SET }, kid)).toBe('refused')
  })

  test('that cannot be fetched now is no refusal', async () => {
    const proof = keySetSignature(OPTIONS, () => Promise.reject(new Error('away')))
    const headers = { 'signature-256': 'c2lnbmF0dXJl', kid: 'mine' }
    const request = { method: 'POST', url: '', headers, body: Buffer.alloc(0), receivedAt: NOW }
    await expect(proof.verify(request, { current: URL_OF_SET })).rejects.toThrow('away')
  })

  test('may be replaced by the key itself, as PEM', async () => {
    const { asked, verify } = server(undefined)
    expect(await verify(mine, { current: mine.pem })).toBe('authentic')
    expect(await verify(mine, { current: other.pem, previous: mine.pem })).toBe('authentic')
    expect(await verify(mine, { current: other.pem })).toBe('refused')
    expect(asked).toEqual([])
  })

  test('is asked over TLS alone', async () => {
    const { asked, verify } = server([mine.jwk])
    expect(await verify(mine, { current: URL_OF_SET.replace('https', 'http') })).toBe('refused')
    expect(asked).toEqual([])
  })

  test('SHA-1 counts only where the secret says so', async () => {
    const { verify } = server(undefined)
    expect(await verify(mine, { current: mine.pem, algorithm: 'sha1' })).toBe('authentic')
    const proof = keySetSignature(OPTIONS)
    const bare = { method: 'POST', url: '', headers: {}, body: Buffer.from('{}'), receivedAt: NOW }
    const bySha1 = proof.prove(bare, { current: '', algorithm: 'sha1', privateKey: mine.privateKey })
    expect(await proof.verify(bySha1, { current: mine.pem })).toBe('refused')
    expect(await proof.verify(bySha1, { current: mine.pem, algorithm: 'md5' })).toBe('refused')
  })
})
