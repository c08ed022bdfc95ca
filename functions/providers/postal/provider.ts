import { keySetSignature } from '../../domain/proof/key-set.ts'
import { defineProvider } from '../../domain/provider.ts'

/** Postal, which its users run themselves, posts each event of a mail server by itself, signed with the key of the installation. */
export const postal = defineProvider({
  id: 'postal',
  proof: keySetSignature({
    signatures: { sha256: 'x-postal-signature-256', sha1: 'x-postal-signature' },
    keyId: 'x-postal-signature-kid',
  }),
  keyIssuer: 'provider',
  secret: {
    current: 'the URL of the key set of the installation, or its public key',
    algorithm: 'sha256, or sha1 before Postal 3.2',
  },
  loadNormalizer: async () => (await import('./normalizer.ts')).normalizer,
})
