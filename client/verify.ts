import { createHmac, timingSafeEqual } from 'node:crypto'
import type { LedgerEvent } from './event.ts'

/** A request's headers: those of Node and of Lambda, with names in any case, or those of `fetch`. */
export type Headers =
  | Readonly<Record<string, string | readonly string[] | undefined>>
  | { get(name: string): string | null }

/** How a time is judged. */
export interface VerifyOptions {
  /** By default the time of this machine. */
  now?: Date
  /** How far from now a request may be signed, to both sides; by default 300. */
  toleranceSeconds?: number
}

/** A request that is not signed with the secret, or too long ago: answer it with 401. */
export class NotAuthentic extends Error {
  override readonly name = 'NotAuthentic'
}

const PREFIX = /^whsec_/
const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/

/** Fewer bytes are no key but a typing error. */
const MIN_KEY_BYTES = 8

/**
 * The event of a request that is signed as https://www.standardwebhooks.com has it. `body` is the raw body, before it is parsed; of several
 * secrets, any may have signed it.
 *
 * @throws NotAuthentic with the reason, or TypeError where the body or a secret cannot be what is expected.
 */
export function verify(
  headers: Headers,
  body: string | Uint8Array,
  secret: string | readonly string[],
  { now = new Date(), toleranceSeconds = 300 }: VerifyOptions = {},
): LedgerEvent {
  if (typeof body !== 'string' && !(body instanceof Uint8Array))
    throw new TypeError('body: expected the raw body, as text or bytes, before it is parsed')
  const keys = [secret].flat().map(keyOf)
  if (keys.length === 0) throw new TypeError('secret: expected at least one')
  const [id, timestamp, signatures] = ['id', 'timestamp', 'signature'].map((name) =>
    headerOf(headers, `webhook-${name}`),
  )
  if (!id || !timestamp || !signatures)
    throw new NotAuthentic('expected the headers webhook-id, webhook-timestamp and webhook-signature')
  if (!/^\d{1,12}$/.test(timestamp)) throw new NotAuthentic('webhook-timestamp: expected seconds since 1970')
  const expected = keys.map((key) =>
    createHmac('sha256', key).update(`${id}.${timestamp}.`).update(body).digest('base64'),
  )
  const candidates = signatures.split(' ').flatMap((entry) => (entry.startsWith('v1,') ? [entry.slice(3)] : []))
  if (!candidates.flatMap((candidate) => expected.map((own) => isEqual(own, candidate))).includes(true))
    throw new NotAuthentic('webhook-signature: expected a signature of this body with the secret')
  if (!(Math.abs(now.getTime() / 1_000 - Number(timestamp)) <= toleranceSeconds))
    throw new NotAuthentic(`webhook-timestamp: expected a time within ${toleranceSeconds} seconds of now`)
  return JSON.parse(typeof body === 'string' ? body : new TextDecoder().decode(body))
}

function keyOf(secret: string): Uint8Array {
  const base64 = typeof secret === 'string' ? secret.replace(PREFIX, '') : ''
  const key = Buffer.from(base64, 'base64')
  // The message does not show what stands there.
  if (!BASE64.test(base64) || key.length < MIN_KEY_BYTES) throw new TypeError('secret: expected whsec_ and base64')
  return key
}

function headerOf(headers: Headers, name: string): string | undefined {
  const value =
    typeof headers.get === 'function'
      ? headers.get(name)
      : Object.entries(headers).find(([other]) => other.toLowerCase() === name)?.[1]
  return typeof value === 'string' ? value : undefined
}

/** Compares two texts in constant time. */
function isEqual(a: string, b: string): boolean {
  const [one, other] = [Buffer.from(a), Buffer.from(b)]
  return one.length === other.length && timingSafeEqual(one, other)
}
