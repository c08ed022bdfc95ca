import { isEqual } from '../proof/proof.ts'
import { type Handshake, plainText } from '../provider.ts'
import { queryOf } from '../request.ts'

/**
 * WebSub's verification of intent, as Meta asks it: a `GET` with `hub.verify_token`, which the secret has as `verifyToken`,
 * is answered with its `hub.challenge`. https://developers.facebook.com/docs/graph-api/webhooks/getting-started
 */
export const hubChallenge: Handshake = {
  asked: 'before the proof',
  answer({ method, url }, { verifyToken }) {
    const parameters = new URLSearchParams(queryOf(url))
    const [mode, token, challenge] = ['mode', 'verify_token', 'challenge'].map((name) => parameters.get(`hub.${name}`))
    if (method !== 'GET' || mode !== 'subscribe') return undefined
    return verifyToken && isEqual(token ?? '', verifyToken) ? plainText(challenge ?? '') : 'refused'
  },
}
