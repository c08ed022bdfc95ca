import { sharedKey } from '../../domain/proof/shared-key.ts'
import { defineProvider } from '../../domain/provider.ts'

/** OVHcloud calls the callback URL of an SMS account or user, with what it reports in the query. */
export const ovh = defineProvider({
  id: 'ovh',
  routes: [{ methods: ['GET'], path: '/webhooks/ovh' }],
  proof: sharedKey,
  timeZone: 'Europe/Paris',
  loadNormalizer: async () => (await import('./normalizer.ts')).normalizer,
})
