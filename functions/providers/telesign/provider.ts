import { bodyHmac } from '../../domain/proof/body-hmac.ts'
import { defineProvider } from '../../domain/provider.ts'

/** TeleSign Messaging signs its callbacks with the customer's API key, in either or both of two headers. */
export const telesign = defineProvider({
  id: 'telesign',
  proof: bodyHmac({
    headers: ['x-ts-authorization', 'authorization'],
    hash: 'sha256',
    encoding: 'base64',
    key: 'base64',
  }),
  keyIssuer: 'provider',
  secret: { current: 'the API key' },
  loadNormalizer: async () => (await import('./normalizer.ts')).normalizer,
})
