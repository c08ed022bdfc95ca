import { sharedKey } from '../../domain/proof/shared-key.ts'
import { defineProvider } from '../../domain/provider.ts'

/** Clickatell's One API (SMS, WhatsApp) and its older REST and HTTP APIs (SMS) report to the callback URL of an integration. */
export const clickatell = defineProvider({
  id: 'clickatell',
  routes: [{ methods: ['POST', 'GET'], path: '/webhooks/clickatell' }],
  proof: sharedKey,
  loadNormalizer: async () => (await import('./normalizer.ts')).normalizer,
})
