import { sharedKey } from '../../domain/proof/shared-key.ts'
import { defineProvider } from '../../domain/provider.ts'

/** Mailjet posts events of mails, one by one or grouped, to a URL for each type of event. */
export const mailjet = defineProvider({
  id: 'mailjet',
  proof: sharedKey,
  loadNormalizer: async () => (await import('./normalizer.ts')).normalizer,
})
