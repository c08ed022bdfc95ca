import { randomUUID } from 'node:crypto'
import type { Request } from '../request.ts'
import { atTime, type Hmac, hmacOf, hmacTitle, isMadeBy, type Proof, secondsOf, withHeaders } from './proof.ts'

/** Where a signature over time, nonce and body stands, and how it is made. */
export interface StampedHmac extends Hmac {
  /** The headers' names; `nonce` where the scheme has one; `fixed` are others that the provider sends along. */
  headers: { signature: string; timestamp: string; nonce?: string; fixed?: Record<string, string> }
  /** What is signed, in its order. */
  signs: (request: Request, stamp: { timestamp: string; nonce: string }) => (string | Buffer)[]
  /** Seconds, where the provider has a tolerance. */
  tolerance?: number
}

/** A signature over the body and a stamp that stands in headers: a time in seconds since 1970, perhaps a nonce. */
export function stampedHmac({ headers: names, signs, tolerance, ...hmac }: StampedHmac): Proof {
  return {
    title: hmacTitle(hmac, names.nonce === undefined ? 'time and body' : 'time, nonce and body'),
    verify(request, secret) {
      const { [names.signature]: signature, [names.timestamp]: timestamp } = request.headers
      const nonce = names.nonce === undefined ? '' : request.headers[names.nonce]
      if (!timestamp || nonce === undefined) return 'refused'
      const parts = signs(request, { timestamp, nonce })
      if (!isMadeBy(secret, [signature], (key) => hmacOf(hmac, key, parts))) return 'refused'
      return atTime(request, timestamp, tolerance)
    },
    prove(request, { current }) {
      const stamp = { timestamp: secondsOf(request), nonce: names.nonce === undefined ? '' : randomUUID() }
      return withHeaders(request, {
        ...names.fixed,
        [names.signature]: `${hmacOf(hmac, current, signs(request, stamp))}`,
        [names.timestamp]: stamp.timestamp,
        ...(names.nonce !== undefined && { [names.nonce]: stamp.nonce }),
      })
    },
  }
}
