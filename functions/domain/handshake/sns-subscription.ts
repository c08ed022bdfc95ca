import type { Handshake } from '../provider.ts'

/** Where AWS confirms a subscription: another host would receive a token of ours. Its group is the region. */
const CONFIRMATION_URL = /^https:\/\/sns\.([a-z0-9-]{3,})\.amazonaws\.com(?:\.cn)?\/\?Action=ConfirmSubscription&/

const PATIENCE = 5_000

/** Visits a URL; rejects where that fails. */
export type Visit = (url: string) => Promise<unknown>

/**
 * The confirmation of a subscription of SNS: signed, and of the topic that the secret names, by then; so the link in it is
 * visited. https://docs.aws.amazon.com/sns/latest/dg/SendMessageToHttp.confirm.html
 */
export const snsSubscription = (visit: Visit = visitLink, confirmationUrl = CONFIRMATION_URL): Handshake => ({
  asked: 'after the proof',
  async answer({ body }) {
    const { Type, TopicArn, SubscribeURL } = JSON.parse(body.toString())
    if (Type !== 'SubscriptionConfirmation') return undefined
    const region = confirmationUrl.exec(SubscribeURL)?.[1]
    if (region === undefined || region !== TopicArn.split(':')[3]) return 'refused'
    await visit(SubscribeURL)
    return {}
  },
})

async function visitLink(url: string): Promise<void> {
  const response = await fetch(url, { redirect: 'error', signal: AbortSignal.timeout(PATIENCE) })
  if (!response.ok) throw new Error(`expected the subscription to be confirmed, got ${response.status}`)
}
