import { publicKeySignature } from '../../domain/proof/public-key.ts'
import { defineProvider } from '../../domain/provider.ts'

/** Twilio SendGrid posts batches of events to the URL of the account's Event Webhook, signed. */
export const sendgrid = defineProvider({
  id: 'sendgrid',
  // No tolerance: none is documented, nor whether a retry, which may come a day later, is signed again.
  proof: publicKeySignature({
    type: 'ec',
    hash: 'sha256',
    headers: {
      signature: 'x-twilio-email-event-webhook-signature',
      timestamp: 'x-twilio-email-event-webhook-timestamp',
    },
  }),
  keyIssuer: 'provider',
  secret: { current: 'the Verification Key' },
  loadNormalizer: async () => (await import('./normalizer.ts')).normalizer,
})
