import { sharedKey } from '../../domain/proof/shared-key.ts'
import { defineProvider } from '../../domain/provider.ts'

/** Brevo posts events of transactional and marketing mails, one by one or in batches. */
export const brevo = defineProvider({
  id: 'brevo',
  proof: sharedKey,
  loadNormalizer: async () => (await import('./normalizer.ts')).normalizer,
})
