import { hubChallenge } from '../../domain/handshake/hub-challenge.ts'
import { bodyHmac } from '../../domain/proof/body-hmac.ts'
import { defineProvider } from '../../domain/provider.ts'

/** Meta's WhatsApp Cloud API calls one URL for each app, with all that it is subscribed to. */
export const whatsapp = defineProvider({
  id: 'whatsapp',
  routes: [{ methods: ['POST', 'GET'], path: '/webhooks/whatsapp' }],
  proof: bodyHmac({ headers: ['x-hub-signature-256'], prefix: 'sha256=', hash: 'sha256', encoding: 'hex' }),
  handshake: hubChallenge,
  keyIssuer: 'provider',
  secret: { current: 'the app secret', verifyToken: 'a text of your own' },
  loadNormalizer: async () => (await import('./normalizer.ts')).normalizer,
})
