import { stampedHmac } from '../../domain/proof/stamped-hmac.ts'
import { defineProvider } from '../../domain/provider.ts'

/** Sinch's SMS API (once CLX, mblox) reports on a batch, or on each of its recipients. */
export const sinch = defineProvider({
  id: 'sinch',
  proof: stampedHmac({
    headers: {
      signature: 'x-sinch-webhook-signature',
      timestamp: 'x-sinch-webhook-signature-timestamp',
      nonce: 'x-sinch-webhook-signature-nonce',
    },
    signs: ({ body }, { timestamp, nonce }) => [body, `.${nonce}.${timestamp}`],
    hash: 'sha256',
    encoding: 'base64',
  }),
  keyIssuer: 'provider',
  secret: { current: 'the secret of the webhook' },
  loadNormalizer: async () => (await import('./normalizer.ts')).normalizer,
})
