import { randomUUID } from 'node:crypto'
import type { Secret } from '../request.ts'
import { atTime, type Hmac, hmacOf, isMadeBy, type Proof, secondsOf, withHeaders } from './proof.ts'

const HMAC: Hmac = { hash: 'sha256', encoding: 'base64', key: 'base64' }

/** Seconds, to both sides. */
const TOLERANCE = 300

/** The headers of https://www.standardwebhooks.com, and those of Svix, which it comes from. */
const FAMILIES = ['svix', 'webhook'] as const

/**
 * Standard Webhooks, by Svix and others: HMAC-SHA256 over id, time and body with a `whsec_` key; a list of signatures while
 * the sender rotates its own, of which other versions than `v1` are passed over.
 */
export const standardWebhooks: Proof = {
  title: 'Standard Webhooks (HMAC-SHA-256)',
  verify(request, secret) {
    const { headers, body } = request
    const family = FAMILIES.find((name) => headers[`${name}-signature`])
    const [id, timestamp] = [headers[`${family}-id`], headers[`${family}-timestamp`]]
    if (!id || !timestamp || !/^\d{1,12}$/.test(timestamp)) return 'refused'
    const candidates = `${headers[`${family}-signature`]}`
      .split(' ')
      .map((entry) => (entry.startsWith('v1,') ? entry.slice(3) : undefined))
    if (!isMadeBy(secret, candidates, (key) => signatureOf(key, id, timestamp, body))) return 'refused'
    return atTime(request, timestamp, TOLERANCE)
  },
  prove(request, { current }) {
    const [id, timestamp] = [`msg_${randomUUID()}`, secondsOf(request)]
    return withHeaders(request, {
      'svix-id': id,
      'svix-timestamp': timestamp,
      'svix-signature': `v1,${signatureOf(current, id, timestamp, request.body)}`,
    })
  },
}

/**
 * The headers that sign a body, sent at so many seconds since 1970: by the current key, and while it is being rotated by the previous one.
 *
 * @throws Error where a key is too short.
 */
export function signedHeaders(id: string, seconds: number, body: Buffer, { current, previous }: Secret) {
  const signatures = [current, previous].flatMap((key) => (key ? [signatureOf(key, id, String(seconds), body)] : []))
  if (signatures.includes(undefined)) throw new Error('secret: expected at least 8 bytes in base64')
  return {
    'webhook-id': id,
    'webhook-timestamp': String(seconds),
    'webhook-signature': signatures.map((signature) => `v1,${signature}`).join(' '),
  }
}

const signatureOf = (key: string, id: string, timestamp: string, body: Buffer) =>
  hmacOf(HMAC, key.replace(/^whsec_/, ''), [`${id}.${timestamp}.`, body])
