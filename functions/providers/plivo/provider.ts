import { urlNonceHmac } from '../../domain/proof/url-nonce-hmac.ts'
import { defineProvider } from '../../domain/provider.ts'

/** Plivo calls the `url` of a message, of SMS, MMS and WhatsApp alike, with the `method` that the sender chose. */
export const plivo = defineProvider({
  id: 'plivo',
  routes: [{ methods: ['GET', 'POST'], path: '/webhooks/plivo' }],
  proof: urlNonceHmac({
    headers: ['x-plivo-signature-v2', 'x-plivo-signature-ma-v2'],
    nonce: 'x-plivo-signature-v2-nonce',
    covers: 'origin and path',
    hash: 'sha256',
    encoding: 'base64',
  }),
  keyIssuer: 'provider',
  secret: { current: 'the auth token' },
  loadNormalizer: async () => (await import('./normalizer.ts')).normalizer,
})
