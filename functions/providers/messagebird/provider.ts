import { jwt } from '../../domain/proof/jwt.ts'
import { defineProvider } from '../../domain/provider.ts'

/** MessageBird (rest.messagebird.com) reports the status of a message, to each recipient, in the query of a `GET`. */
export const messagebird = defineProvider({
  id: 'messagebird',
  routes: [{ methods: ['GET'], path: '/webhooks/messagebird' }],
  proof: jwt({
    header: 'messagebird-signature-jwt',
    issuer: 'MessageBird',
    bodyHash: 'payload_hash',
    urlHash: 'url_hash',
    leeway: 5,
  }),
  keyIssuer: 'provider',
  secret: { current: 'the signing key' },
  loadNormalizer: async () => (await import('./normalizer.ts')).normalizer,
})
