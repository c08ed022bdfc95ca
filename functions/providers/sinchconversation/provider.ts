import { stampedHmac } from '../../domain/proof/stamped-hmac.ts'
import { defineProvider } from '../../domain/provider.ts'

/** Sinch's Conversation API reports on messages of WhatsApp, RCS, SMS, Messenger, Viber and others to the webhooks of an app. */
export const sinchconversation = defineProvider({
  id: 'sinchconversation',
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
  secret: { current: 'the secret of the webhook' },
  loadNormalizer: async () => (await import('./normalizer.ts')).normalizer,
})
