import { urlFormHmac } from '../../domain/proof/url-form-hmac.ts'
import { defineProvider } from '../../domain/provider.ts'

/** Twilio Programmable Messaging calls the StatusCallback URL of a message, of SMS, MMS, WhatsApp, RCS and Messenger alike. */
export const twilio = defineProvider({
  id: 'twilio',
  proof: urlFormHmac({ header: 'x-twilio-signature', bodyHash: 'bodySHA256', hash: 'sha1', encoding: 'base64' }),
  keyIssuer: 'provider',
  secret: { current: 'the auth token' },
  loadNormalizer: async () => (await import('./normalizer.ts')).normalizer,
})
