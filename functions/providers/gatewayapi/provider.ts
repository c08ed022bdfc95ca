import { jwt } from '../../domain/proof/jwt.ts'
import { defineProvider } from '../../domain/provider.ts'

/** GatewayAPI (OnlineCity) reports on each recipient of an SMS to a webhook, or to the callback URL of a message. */
export const gatewayapi = defineProvider({
  id: 'gatewayapi',
  proof: jwt({ header: 'x-gwapi-signature', claims: 'body', leeway: 60 }),
  secret: { current: 'the authentication token of the webhook' },
  loadNormalizer: async () => (await import('./normalizer.ts')).normalizer,
})
