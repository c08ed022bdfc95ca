import { sharedKey } from '../../domain/proof/shared-key.ts'
import { defineProvider } from '../../domain/provider.ts'

/** CM.com posts the status reports of its Business Messaging API, in JSON where the account says so. */
export const cm = defineProvider({
  id: 'cm',
  proof: sharedKey,
  timeZone: 'Europe/Amsterdam',
  loadNormalizer: async () => (await import('./normalizer.ts')).normalizer,
})
