import { createHmac, hash, timingSafeEqual } from 'node:crypto'
import { isJsonObject, type Request, type Secret } from '../request.ts'

/** `stale` is signed with the right key, at a time beyond the provider's own tolerance. */
export type Verdict = 'authentic' | 'stale' | 'refused'

/** How a caller proves that it holds a key: both halves of one scheme. */
export interface Proof {
  /** The scheme in words, for people who choose a provider. */
  title: string
  /** Whether a text can be a key; by default any can. */
  isKey?(text: string): boolean
  /** Whether the request comes from whom the secret was given to. Rejects where that cannot be found out now. */
  verify(request: Request, secret: Secret): Verdict | Promise<Verdict>
  /** The request with its proof, as the provider would send it at `receivedAt`. Throws where the secret does not allow it. */
  prove(request: Request, secret: Secret): Request
  /** The keys and signatures in a request, which are never kept. */
  withheld?: Withheld
}

/** Places of keys and signatures, by their names. */
export interface Withheld {
  /** Parameters of the query. */
  query?: readonly string[]
  /** Matches them in a body that is a JSON object, which must stay readable without them. */
  json?: RegExp
  /** Matches them in any other body, which is a form. */
  form?: RegExp
}

/** The body without keys and signatures; all other bytes stay as they are. */
export function keptBody(body: Buffer, { json, form }: Withheld): Buffer {
  const pattern = isJsonObject(body) ? json : form
  // Latin-1 has a character for each byte.
  return pattern ? Buffer.from(body.toString('latin1').replace(pattern, ''), 'latin1') : body
}

/** `HMAC-SHA256`, of what a scheme signs. */
export const hmacTitle = ({ hash }: Pick<Hmac, 'hash'>, of: string): string =>
  `HMAC-${hash.toUpperCase().replace('SHA', 'SHA-')} of ${of}`

/** How a key makes a signature of a text. */
export interface Hmac {
  hash: 'md5' | 'sha1' | 'sha256' | 'sha512'
  encoding: 'hex' | 'base64' | 'base64url'
  /** Whether a key is used as its text or as the bytes that its base64 stands for: by default its text. */
  key?: 'text' | 'base64'
}

/** The HMAC of the parts, one after the other; undefined where the key is too short. */
export function hmacOf(
  { hash, encoding, key: form = 'text' }: Hmac,
  key: string,
  parts: readonly (string | Buffer)[],
): string | undefined {
  const bytes = form === 'text' ? Buffer.from(key) : decodeKey(key)
  if (bytes === undefined) return undefined
  const hmac = createHmac(hash, bytes)
  for (const part of parts) hmac.update(part)
  return hmac.digest(encoding)
}

/** Fewer bytes are no key but a typing error. The local stack's has nine. */
const MIN_KEY_BYTES = 8

/**
 * The bytes of a key in base64, undefined where they are too few. Characters of no meaning are skipped, as RFC 2045 asks;
 * Node alone would read `-` as `+`, and TeleSign's own example key has some.
 */
function decodeKey(key: string): Buffer | undefined {
  const bytes = Buffer.from(key.replace(/[^A-Za-z0-9+/]/g, ''), 'base64')
  return bytes.length < MIN_KEY_BYTES ? undefined : bytes
}

/** Whether one of the candidates is what the current or the previous key makes, in constant time. */
export function isMadeBy(
  { current, previous }: Secret,
  candidates: readonly (string | undefined)[],
  make: (key: string) => string | undefined,
): boolean {
  const expected = [current, previous].flatMap((key) => (key && make(key)) || [])
  return candidates
    .flatMap((candidate) => (candidate ? expected.map((text) => isEqual(candidate, text)) : []))
    .includes(true)
}

/** Compares two texts in constant time. */
export const isEqual = (a: string, b: string): boolean =>
  timingSafeEqual(hash('sha256', a, 'buffer'), hash('sha256', b, 'buffer'))

/** The verdict on a request whose signature is right, by its time in seconds since 1970 and the tolerance in seconds, where there is one. */
export function atTime({ receivedAt }: Request, time: string | undefined, tolerance: number | undefined): Verdict {
  if (tolerance === undefined) return 'authentic'
  return Math.abs(receivedAt / 1000 - Number(time)) <= tolerance ? 'authentic' : 'stale'
}

/** The request with further headers. */
export const withHeaders = (request: Request, headers: Record<string, string>): Request => ({
  ...request,
  headers: { ...request.headers, ...headers },
})

/** `receivedAt` as signatures write it: seconds since 1970. */
export const secondsOf = ({ receivedAt }: Request): string => String(Math.floor(receivedAt / 1000))

/**
 * A value that only the proving side needs, such as a private key.
 *
 * @throws Error that says where it is expected.
 */
export function requiredOf(secret: Secret, name: string): string {
  const value = secret[name]
  if (!value) throw new Error(`secret: expected ${name}, without which a callback cannot be signed`)
  return value
}
