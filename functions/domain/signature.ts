import { createHmac, hash, timingSafeEqual } from 'node:crypto'
import type { Request, Secret } from './provider.ts'

/** True where the request proves that it comes from whom the secret was given to. */
export type Authenticate = (request: Request, secret: Secret) => boolean

/**
 * A key that the provider holds too, taken from the first of these that is there: the header `X-API-KEY`, the password of
 * HTTP Basic, the query parameter `key`.
 */
export const sharedKey: Authenticate = (request, secret) => isOneOf(secret, sentKey(request), (key) => key)

/** Gives undefined for a key that anybody could have. */
type Sign = (body: Buffer, key: string) => string | undefined

/** A signature over the raw body, in any of the given headers, as `sign` makes it with a key. */
export function bodySignature(headers: readonly string[], sign: Sign): Authenticate {
  return (request, secret) =>
    headers
      .map((name) => isOneOf(secret, signatureIn(request.headers[name]), (key) => sign(request.body, key)))
      .includes(true)
}

/** Fewer bytes are no key but a typing error. The local stack's has nine. */
const MIN_KEY_BYTES = 8

/**
 * HMAC-SHA256 of the bytes, base64; undefined where the key has fewer than 8 bytes. The key comes in base64, of which
 * characters of no meaning are skipped, as RFC 2045 asks; Node alone would read `-` as `+`, and TeleSign's own example key
 * has some.
 */
export function hmacSha256(bytes: Buffer, key: string): string | undefined {
  const keyBytes = Buffer.from(key.replace(/[^A-Za-z0-9+/]/g, ''), 'base64')
  if (keyBytes.length < MIN_KEY_BYTES) return undefined
  return createHmac('sha256', keyBytes).update(bytes).digest('base64')
}

function sentKey({ headers, query }: Request): string | undefined {
  return headers['x-api-key'] || basicPassword(headers.authorization) || (query.get('key') ?? undefined)
}

/** RFC 7617: all after the first colon of the decoded credentials. */
function basicPassword(authorization = ''): string | undefined {
  const credentials = /^Basic +([\w+/=-]+) *$/i.exec(authorization)?.[1]
  if (credentials === undefined) return undefined
  const text = Buffer.from(credentials, 'base64').toString()
  return text.slice(text.indexOf(':') + 1)
}

/** `<scheme> <id>:<signature>`, or the signature alone. */
const signatureIn = (header = ''): string => header.slice(header.lastIndexOf(':') + 1).trim()

/** Compares with the current and the previous key in a time that tells neither which matched nor how far. */
function isOneOf(
  { current, previous }: Secret,
  candidate: string | undefined,
  expected: (key: string) => string | undefined,
): boolean {
  if (!candidate) return false
  return [current, previous]
    .flatMap((key) => (key && expected(key)) || [])
    .map((text) => isEqual(candidate, text))
    .includes(true)
}

const isEqual = (a: string, b: string): boolean =>
  timingSafeEqual(hash('sha256', a, 'buffer'), hash('sha256', b, 'buffer'))
