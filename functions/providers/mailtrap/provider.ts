import { bodyHmac } from '../../domain/proof/body-hmac.ts'
import { defineProvider } from '../../domain/provider.ts'

/** Mailtrap posts batches of events of a domain's e-mails, as JSON or as JSON lines. */
export const mailtrap = defineProvider({
  id: 'mailtrap',
  proof: bodyHmac({ headers: ['mailtrap-signature'], prefix: '', hash: 'sha256', encoding: 'hex' }),
  keyIssuer: 'provider',
  secret: { current: 'the signature secret of the webhook' },
  loadNormalizer: async () => (await import('./normalizer.ts')).normalizer,
})
