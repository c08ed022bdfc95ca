import { defineProvider } from '../../domain/provider.ts'
import { bodySignature, hmacSha256 } from '../../domain/signature.ts'

/** TeleSign Messaging signs its callbacks with the customer's API key, in either or both of two headers. */
export const telesign = defineProvider({
  id: 'telesign',
  routes: [{ methods: ['POST'], path: '/webhooks/telesign' }],
  authenticate: bodySignature(['authorization', 'x-ts-authorization'], hmacSha256),
  prove: (body, key) => ({ 'x-ts-authorization': hmacSha256(body, key) ?? '' }),
  keyIssuer: 'provider',
  loadNormalizer: async () => (await import('./normalizer.ts')).normalizer,
})
