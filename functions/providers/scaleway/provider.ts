import { snsSubscription } from '../../domain/handshake/sns-subscription.ts'
import { snsSignature } from '../../domain/proof/sns.ts'
import { defineProvider } from '../../domain/provider.ts'
import { CONFIRMATION_URL, topicsAndEvents } from './publisher.ts'

/** Scaleway Transactional Email publishes events to a topic of Topics and Events, which posts them here as SNS does. */
export const scaleway = defineProvider({
  id: 'scaleway',
  proof: snsSignature(undefined, topicsAndEvents),
  keyIssuer: 'provider',
  secret: { current: 'the ARN of the topic' },
  handshake: snsSubscription(undefined, CONFIRMATION_URL),
  loadNormalizer: async () => (await import('./normalizer.ts')).normalizer,
})
