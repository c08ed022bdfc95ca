import { bodyHmac } from '../../domain/proof/body-hmac.ts'
import { defineProvider } from '../../domain/provider.ts'

/** Messente's Omnichannel API posts each status of a message to the URL that the message named. */
export const messente = defineProvider({
  id: 'messente',
  proof: bodyHmac({ headers: ['x-messente-signature'], prefix: '', hash: 'sha256', encoding: 'hex' }),
  keyIssuer: 'provider',
  secret: { current: 'the password of the API key that sends' },
  loadNormalizer: async () => (await import('./normalizer.ts')).normalizer,
})
