import { sharedKey } from '../../domain/proof/shared-key.ts'
import { defineProvider } from '../../domain/provider.ts'

/** Octopush sends SMS, voice, RCS and e-mail; it wants no output at all, within a second. */
export const octopush = defineProvider({
  id: 'octopush',
  proof: sharedKey,
  // Its times name no zone; it is a French company and documents French examples.
  timeZone: 'Europe/Paris',
  loadNormalizer: async () => (await import('./normalizer.ts')).normalizer,
})
