import { createPrivateKey, createPublicKey, type KeyObject, sign, verify } from 'node:crypto'
import type { Secret } from '../request.ts'
import { atTime, type Proof, requiredOf, secondsOf, withHeaders } from './proof.ts'

/** Where a signature of a private key stands, and how it is made. */
export interface PublicKeySignature {
  /** What the secret holds: base64 of an Ed25519 key's 32 bytes, or of a key's DER. */
  type: 'ed25519' | 'ec' | 'rsa'
  /** Ed25519 names none. */
  hash: 'sha1' | 'sha256' | null
  headers: { signature: string; timestamp?: string }
  /** Stands between time and body. */
  separator?: string
  /** Seconds, where the provider has a tolerance. */
  tolerance?: number
}

const TITLES = { ed25519: 'Ed25519', ec: 'ECDSA P-256', rsa: 'RSA' }

/** A signature over time and body, in base64, that the provider makes with a private key; the secret holds public keys. */
export function publicKeySignature(options: PublicKeySignature): Proof {
  const { type, hash, headers: names, separator = '', tolerance } = options
  const textOf = (timestamp: string, body: Buffer) => Buffer.concat([Buffer.from(timestamp + separator), body])
  return {
    title: `${TITLES[type]} signature of ${names.timestamp === undefined ? 'the body' : 'time and body'}`,
    verify(request, secret) {
      const { headers, body } = request
      const timestamp = names.timestamp === undefined ? '' : headers[names.timestamp]
      const signature = Buffer.from(headers[names.signature] ?? '', 'base64')
      if (timestamp === undefined || signature.length === 0) return 'refused'
      const isSigned = publicKeysOf(secret, type).some((key) =>
        isSignature(hash, textOf(timestamp, body), key, signature),
      )
      return isSigned ? atTime(request, timestamp, tolerance) : 'refused'
    },
    prove(request, secret) {
      const timestamp = names.timestamp === undefined ? '' : secondsOf(request)
      const key = createPrivateKey(requiredOf(secret, 'privateKey'))
      return withHeaders(request, {
        [names.signature]: sign(hash, textOf(timestamp, request.body), key).toString('base64'),
        ...(names.timestamp !== undefined && { [names.timestamp]: timestamp }),
      })
    },
  }
}

/** What stands before the 32 bytes of an Ed25519 key in its DER, RFC 8410. */
const ED25519_DER = Buffer.from('302a300506032b6570032100', 'hex')

/** The keys of a type in a secret, which holds them in base64 or PEM; what is none is left out. */
export function publicKeysOf({ current, previous }: Secret, type: string): KeyObject[] {
  return [current, previous].flatMap((text) => {
    const bytes = Buffer.from((text ?? '').replace(/-----[A-Z ]+-----|\s/g, ''), 'base64')
    const der = bytes.length === 32 ? Buffer.concat([ED25519_DER, bytes]) : bytes
    try {
      const key = createPublicKey({ key: der, format: 'der', type: 'spki' })
      return key.asymmetricKeyType === type ? [key] : []
    } catch {
      return []
    }
  })
}

/** Whether the private key of a public one has signed the text. */
export function isSignature(hash: string | null, text: Buffer, key: KeyObject, signature: Buffer): boolean {
  try {
    return verify(hash, text, key, signature)
  } catch {
    return false
  }
}
