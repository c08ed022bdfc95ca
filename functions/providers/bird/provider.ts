import { hash } from 'node:crypto'
import { stampedHmac } from '../../domain/proof/stamped-hmac.ts'
import { defineProvider } from '../../domain/provider.ts'

/** Bird's Channels API (docs.bird.com; once MessageBird) reports on messages of all its channels to a webhook subscription. */
export const bird = defineProvider({
  id: 'bird',
  proof: stampedHmac({
    headers: { signature: 'messagebird-signature', timestamp: 'messagebird-request-timestamp' },
    signs: ({ url, body }, { timestamp }) => [`${timestamp}\n${url}\n`, hash('sha256', body, 'buffer')],
    tolerance: 300,
    hash: 'sha256',
    encoding: 'base64',
  }),
  secret: { current: 'the signing key of the webhook subscription' },
  loadNormalizer: async () => (await import('./normalizer.ts')).normalizer,
})
