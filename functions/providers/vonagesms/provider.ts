import { parameterHash } from '../../domain/proof/parameter-hash.ts'
import { defineProvider, type Handshake } from '../../domain/provider.ts'
import { queryOf } from '../../domain/request.ts'

/** Vonage checks that a URL answers before it saves it: a `GET` without a receipt. It is answered and not queued. */
const lookAtUrl: Handshake = {
  asked: 'before the proof',
  answer: ({ method, url }) =>
    method === 'GET' && !/\b(messageId|msisdn|status)=/.test(queryOf(url)) ? {} : undefined,
}

/** Vonage's (Nexmo's) SMS API sends a delivery receipt for each part, by the method that the account has chosen. */
export const vonagesms = defineProvider({
  id: 'vonagesms',
  routes: [{ methods: ['POST', 'GET'], path: '/webhooks/vonagesms' }],
  proof: parameterHash,
  handshake: lookAtUrl,
  keyIssuer: 'provider',
  secret: { current: 'the signature secret', algorithm: 'md5hash, or md5, sha1, sha256, sha512' },
  loadNormalizer: async () => (await import('./normalizer.ts')).normalizer,
})
