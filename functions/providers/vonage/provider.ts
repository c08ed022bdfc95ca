import { jwt } from '../../domain/proof/jwt.ts'
import { defineProvider } from '../../domain/provider.ts'

/** Vonage's Messages API calls the status URL of an application, for SMS, MMS, RCS, WhatsApp, Viber and Messenger alike. */
export const vonage = defineProvider({
  id: 'vonage',
  proof: jwt({
    header: 'authorization',
    prefix: 'Bearer ',
    issuer: 'Vonage',
    bodyHash: 'payload_hash',
    leeway: 60,
  }),
  keyIssuer: 'provider',
  secret: { current: 'the signature secret' },
  loadNormalizer: async () => (await import('./normalizer.ts')).normalizer,
})
