import { bodyTokenHmac } from '../../domain/proof/body-token-hmac.ts'
import { defineProvider } from '../../domain/provider.ts'

/** Mailgun posts each event of a message to the webhooks of its domain or account, with a signature in the body. */
export const mailgun = defineProvider({
  id: 'mailgun',
  // No tolerance: the document names none, nor whether a retry, which may come eight hours later, is signed again.
  proof: bodyTokenHmac({ member: 'signature', hash: 'sha256', encoding: 'hex' }),
  keyIssuer: 'provider',
  secret: { current: 'the HTTP webhook signing key' },
  loadNormalizer: async () => (await import('./normalizer.ts')).normalizer,
})
