import { sharedKey } from '../../domain/proof/shared-key.ts'
import { defineProvider, json } from '../../domain/provider.ts'

/** Avaamo Outreach calls the status callback URL of a custom channel; its own document spells the path in both ways. */
export const avaamo = defineProvider({
  id: 'avaamo',
  routes: [
    { methods: ['POST', 'PUT'], path: '/custom/v1/broadcast/messages/{recipient_uuid}/status' },
    { methods: ['POST', 'PUT'], path: '/custom_channel/v1/broadcast/messages/{recipient_uuid}/status' },
  ],
  proof: sharedKey,
  acknowledgement: json({ success: true }),
  loadNormalizer: async () => (await import('./normalizer.ts')).normalizer,
})
