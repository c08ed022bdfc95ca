import { eventGrid } from '../../domain/handshake/event-grid.ts'
import { sharedKey } from '../../domain/proof/shared-key.ts'
import { defineProvider } from '../../domain/provider.ts'

/** Azure Communication Services (SMS, e-mail, WhatsApp) reports through Event Grid, in its own schema or that of CloudEvents. */
export const azure = defineProvider({
  id: 'azure',
  routes: [{ methods: ['POST', 'OPTIONS'], path: '/webhooks/azure' }],
  proof: sharedKey,
  handshake: eventGrid,
  loadNormalizer: async () => (await import('./normalizer.ts')).normalizer,
})
