import { sharedKey } from '../../domain/proof/shared-key.ts'
import { defineProvider, plainText } from '../../domain/provider.ts'

/** BulkSMS posts the status reports of its JSON API, and calls with `GET` for those of its older API (EAPI). */
export const bulksms = defineProvider({
  id: 'bulksms',
  routes: [{ methods: ['POST', 'GET'], path: '/webhooks/bulksms' }],
  // `pass` is the password that EAPI may add.
  proof: { ...sharedKey, withheld: { query: ['key', 'pass'] } },
  // EAPI takes an empty answer for a failure.
  acknowledgement: plainText('ok'),
  loadNormalizer: async () => (await import('./normalizer.ts')).normalizer,
})
