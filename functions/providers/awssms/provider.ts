import { snsSubscription } from '../../domain/handshake/sns-subscription.ts'
import { snsSignature } from '../../domain/proof/sns.ts'
import { defineProvider } from '../../domain/provider.ts'

/** AWS End User Messaging (SMS, MMS, voice, RCS) publishes events to a topic of SNS, which posts them here. */
export const awssms = defineProvider({
  id: 'awssms',
  proof: snsSignature(),
  keyIssuer: 'provider',
  secret: { current: 'the ARN of the topic' },
  handshake: snsSubscription(),
  loadNormalizer: async () => (await import('./normalizer.ts')).normalizer,
})
