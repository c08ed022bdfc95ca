import { urlFormHmac } from '../../domain/proof/url-form-hmac.ts'
import { defineProvider, type Handshake, json } from '../../domain/provider.ts'
import { hasTooManyFields } from '../../domain/request.ts'

/**
 * While a webhook is made, its key is not known yet: Mandrill asks with `HEAD`, then with an empty list that is signed with
 * the text `test-webhook`. https://mailchimp.com/developer/transactional/guides/track-respond-activity-webhooks/
 */
const setUp: Handshake = {
  asked: 'before the proof',
  answer({ method, body }) {
    if (method === 'HEAD') return json({})
    if (hasTooManyFields(body)) return undefined
    const fields = [...new URLSearchParams(body.toString())]
    const isEmptyList = fields.length === 1 && fields[0]?.[0] === 'mandrill_events' && fields[0][1].trim() === '[]'
    return isEmptyList ? json({}) : undefined
  },
}

/** Mandrill (Mailchimp Transactional) posts batches of events to a webhook's URL, signed with its key. */
export const mandrill = defineProvider({
  id: 'mandrill',
  routes: [{ methods: ['POST', 'HEAD'], path: '/webhooks/mandrill' }],
  proof: urlFormHmac({ header: 'x-mandrill-signature', hash: 'sha1', encoding: 'base64' }),
  keyIssuer: 'provider',
  secret: { current: 'the key of the webhook' },
  handshake: setUp,
  loadNormalizer: async () => (await import('./normalizer.ts')).normalizer,
})
