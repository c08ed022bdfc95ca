import { defineProvider } from '../../domain/provider.ts'
import { sharedKey } from '../../domain/signature.ts'

/** Octopush sends SMS, voice, RCS and e-mail; it wants no output at all, within a second. */
export const octopush = defineProvider({
  id: 'octopush',
  routes: [{ methods: ['POST'], path: '/webhooks/octopush' }],
  authenticate: sharedKey,
  // Its times name no zone; it is a French company and documents French examples.
  timeZone: 'Europe/Paris',
  loadNormalizer: async () => (await import('./normalizer.ts')).normalizer,
})
