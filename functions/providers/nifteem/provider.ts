import { sharedKey } from '../../domain/proof/shared-key.ts'
import { defineProvider } from '../../domain/provider.ts'

/** Nifteem's multichannel dispatch API calls one webhook for message statuses and for incoming messages. */
export const nifteem = defineProvider({
  id: 'nifteem',
  proof: sharedKey,
  loadNormalizer: async () => (await import('./normalizer.ts')).normalizer,
})
