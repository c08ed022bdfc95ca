import { sharedKey } from '../../domain/proof/shared-key.ts'
import { defineProvider } from '../../domain/provider.ts'

/** Postmark posts each event of a message stream's mails by itself. */
export const postmark = defineProvider({
  id: 'postmark',
  proof: sharedKey,
  loadNormalizer: async () => (await import('./normalizer.ts')).normalizer,
})
