import { defineProvider } from '../../domain/provider.ts'
import { sharedKey } from '../../domain/signature.ts'

/** Nifteem's multichannel dispatch API calls one webhook for message statuses and for incoming messages. */
export const nifteem = defineProvider({
  id: 'nifteem',
  routes: [{ methods: ['POST'], path: '/webhooks/nifteem' }],
  authenticate: sharedKey,
  loadNormalizer: async () => (await import('./normalizer.ts')).normalizer,
})
