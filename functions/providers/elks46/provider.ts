import { sharedKey } from '../../domain/proof/shared-key.ts'
import { defineProvider } from '../../domain/provider.ts'

/** 46elks calls the URL in `whendelivered` of an SMS or an MMS. */
export const elks46 = defineProvider({
  id: 'elks46',
  proof: sharedKey,
  loadNormalizer: async () => (await import('./normalizer.ts')).normalizer,
})
