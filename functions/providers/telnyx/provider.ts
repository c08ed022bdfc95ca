import { publicKeySignature } from '../../domain/proof/public-key.ts'
import { defineProvider } from '../../domain/provider.ts'

/** Telnyx Messaging (API v2) calls the webhook URL of a message or of its messaging profile. */
export const telnyx = defineProvider({
  id: 'telnyx',
  proof: publicKeySignature({
    type: 'ed25519',
    hash: null,
    headers: { signature: 'telnyx-signature-ed25519', timestamp: 'telnyx-timestamp' },
    separator: '|',
    tolerance: 300,
  }),
  keyIssuer: 'provider',
  secret: { current: 'the public key' },
  loadNormalizer: async () => (await import('./normalizer.ts')).normalizer,
})
