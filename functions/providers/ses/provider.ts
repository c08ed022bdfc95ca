import { snsSubscription } from '../../domain/handshake/sns-subscription.ts'
import { snsSignature } from '../../domain/proof/sns.ts'
import { defineProvider } from '../../domain/provider.ts'

/** Amazon SES publishes events and feedback to a topic of SNS, which posts them here. */
export const ses = defineProvider({
  id: 'ses',
  proof: snsSignature(),
  keyIssuer: 'provider',
  secret: { current: 'the ARN of the topic' },
  handshake: snsSubscription(),
  loadNormalizer: async () => (await import('./normalizer.ts')).normalizer,
})
