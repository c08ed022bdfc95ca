import { sharedKey } from '../../domain/proof/shared-key.ts'
import { defineProvider } from '../../domain/provider.ts'

/** Africa's Talking reports on SMS to the delivery reports' callback URL of an app. */
export const africastalking = defineProvider({
  id: 'africastalking',
  proof: sharedKey,
  loadNormalizer: async () => (await import('./normalizer.ts')).normalizer,
})
