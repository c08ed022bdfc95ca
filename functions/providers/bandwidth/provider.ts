import { sharedKey } from '../../domain/proof/shared-key.ts'
import { defineProvider } from '../../domain/provider.ts'

/** Bandwidth's Messaging API (SMS, MMS, RCS) calls the URL of an application. */
export const bandwidth = defineProvider({
  id: 'bandwidth',
  proof: sharedKey,
  loadNormalizer: async () => (await import('./normalizer.ts')).normalizer,
})
