import { bodyHmac } from '../../domain/proof/body-hmac.ts'
import { defineProvider, type Handshake } from '../../domain/provider.ts'

const proof = bodyHmac({ headers: ['signature'], prefix: '', hash: 'sha256', encoding: 'hex' })

/** With this published key MailerSend signs its tries of a URL, and nothing else: https://developers.mailersend.com/api/v1/webhooks.html */
const TEST_KEY = 'test_Am3L1GuOIc4blLUuHqAPxxwkZaJyEk8G'

const MAX_TEST_BYTES = 4_096

/** A URL that does not answer the test with a 2xx is not saved. Anybody can sign one, so that it is not queued. */
const testPing: Handshake = {
  asked: 'before the proof',
  async answer(request, secret) {
    if (typeOf(request.body) !== 'webhook.test') return undefined
    const verdicts = await Promise.all([{ current: TEST_KEY }, secret].map((key) => proof.verify(request, key)))
    return verdicts.includes('authentic') ? {} : undefined
  },
}

function typeOf(body: Buffer): unknown {
  try {
    return body.length < MAX_TEST_BYTES ? JSON.parse(body.toString())?.type : undefined
  } catch {
    return undefined
  }
}

/** MailerSend posts each event of a domain's e-mails by itself, in the version of the payload that the webhook has. */
export const mailersend = defineProvider({
  id: 'mailersend',
  proof,
  handshake: testPing,
  keyIssuer: 'provider',
  secret: { current: 'the signing secret of the webhook' },
  loadNormalizer: async () => (await import('./normalizer.ts')).normalizer,
})
