import { standardWebhooks } from '../../domain/proof/standard-webhooks.ts'
import { defineProvider } from '../../domain/provider.ts'

/** Resend posts the events of e-mails, by way of Svix. */
export const resend = defineProvider({
  id: 'resend',
  proof: standardWebhooks,
  keyIssuer: 'provider',
  secret: { current: 'the signing secret (whsec_...)' },
  loadNormalizer: async () => (await import('./normalizer.ts')).normalizer,
})
