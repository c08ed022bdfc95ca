import { sharedKey } from '../../domain/proof/shared-key.ts'
import { defineProvider } from '../../domain/provider.ts'

/** Brevo posts events of SMS, one by one or in batches. */
export const brevosms = defineProvider({
  id: 'brevosms',
  proof: sharedKey,
  timeZone: 'Europe/Paris',
  loadNormalizer: async () => (await import('./normalizer.ts')).normalizer,
})
