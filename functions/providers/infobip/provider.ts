import { sharedKey } from '../../domain/proof/shared-key.ts'
import { defineProvider } from '../../domain/provider.ts'

/** Infobip posts delivery and seen reports in batches, and clicks one by one, to the URL of a message or of a subscription. */
export const infobip = defineProvider({
  id: 'infobip',
  proof: sharedKey,
  loadNormalizer: async () => (await import('./normalizer.ts')).normalizer,
})
