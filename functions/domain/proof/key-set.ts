import { createPrivateKey, createPublicKey, type JsonWebKey, type KeyObject, sign } from 'node:crypto'
import type { Request, Secret } from '../request.ts'
import { type FetchText, fetchText } from './fetch-text.ts'
import { type Proof, requiredOf, withHeaders } from './proof.ts'
import { isSignature, publicKeysOf } from './public-key.ts'

/** Where the signatures of an RSA key stand. */
export interface KeySetSignature {
  /** The header of each hash. The secret's `algorithm` chooses one, by default SHA-256. */
  signatures: { sha256: string; sha1?: string }
  /** The header that names the key, in the set of keys that the provider publishes. */
  keyId: string
}

/** Milliseconds for which a set is taken as it is, and after which an unknown key makes it be fetched again. */
const HOUR = 3_600_000
const MINUTE = 60_000

/** A set of public keys, https://www.rfc-editor.org/rfc/rfc7517, by their `kid`, and when it was fetched. */
interface KeySet {
  keys: ReadonlyMap<string, KeyObject>
  fetchedAt: number
}

/**
 * A signature over the raw body by an RSA key. What the secret holds is that key, in base64 or PEM, or the `https` URL of the
 * key set that the provider publishes: it is fetched from nowhere else, and kept.
 */
export function keySetSignature({ signatures, keyId }: KeySetSignature, fetchKeySet: FetchText = fetchText): Proof {
  const kept = new Map<string, KeySet>()

  async function keySetAt(url: string, name: string, time: number): Promise<KeySet> {
    const known = kept.get(url)
    const age = known ? time - known.fetchedAt : Number.POSITIVE_INFINITY
    if (known && age < (known.keys.has(name) ? HOUR : MINUTE)) return known
    const set = { keys: readKeys(await fetchKeySet(url)), fetchedAt: time }
    kept.set(url, set)
    return set
  }

  async function keysOf(text: string | undefined, { headers, receivedAt }: Request): Promise<KeyObject[]> {
    if (!isUrl(text)) return publicKeysOf({ current: text ?? '' }, 'rsa')
    const name = headers[keyId]
    const key = name && (await keySetAt(text, name, receivedAt)).keys.get(name)
    return key ? [key] : []
  }

  return {
    title: 'RSA signature of the body',
    isKey: (text) => isUrl(text) || publicKeysOf({ current: text }, 'rsa').length > 0,
    async verify(request, secret) {
      const [hash, header] = hashOf(secret, signatures)
      const signature = Buffer.from((header && request.headers[header]) ?? '', 'base64')
      if (signature.length === 0) return 'refused'
      const keys = await Promise.all([secret.current, secret.previous].map((text) => keysOf(text, request)))
      return keys.flat().some((key) => isSignature(hash, request.body, key, signature)) ? 'authentic' : 'refused'
    },
    prove(request, secret) {
      const [hash, header = signatures.sha256] = hashOf(secret, signatures)
      const signature = sign(hash, request.body, createPrivateKey(requiredOf(secret, 'privateKey')))
      return withHeaders(request, { [header]: signature.toString('base64') })
    },
  }
}

const isUrl = (text: string | undefined): text is string => /^https:\/\//.test(text ?? '')

function hashOf({ algorithm = 'sha256' }: Secret, signatures: KeySetSignature['signatures']) {
  const header = algorithm === 'sha256' || algorithm === 'sha1' ? signatures[algorithm] : undefined
  return [algorithm, header] as const
}

function readKeys(text: string | undefined): Map<string, KeyObject> {
  try {
    const { keys } = JSON.parse(text ?? '{}') as { keys?: (JsonWebKey & { kid?: string })[] }
    const rsa = (keys ?? []).filter(({ kty, kid }) => kty === 'RSA' && kid)
    return new Map(rsa.map((jwk) => [`${jwk.kid}`, createPublicKey({ key: jwk, format: 'jwk' })]))
  } catch {
    return new Map()
  }
}
