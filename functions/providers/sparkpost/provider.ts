import { sharedKey } from '../../domain/proof/shared-key.ts'
import { defineProvider, type Handshake } from '../../domain/provider.ts'

/** A webhook that is made, changed or validated is tried with an event of nothing, and must answer 200. */
const trial: Handshake = {
  asked: 'before the proof',
  answer: ({ body }) => (body.toString().replace(/\s/g, '') === '[{"msys":{}}]' ? {} : undefined),
}

/** SparkPost (Bird) posts batches of events, with whatever header or password its customer has set. */
export const sparkpost = defineProvider({
  id: 'sparkpost',
  proof: sharedKey,
  handshake: trial,
  loadNormalizer: async () => (await import('./normalizer.ts')).normalizer,
})
