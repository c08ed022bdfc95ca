import * as z from 'zod/mini'
import { jsonInField } from '../../domain/body/form.ts'
import { type Fact, type Normalizer, unixOccurrence } from '../../domain/normalizer.ts'
import { optionalWord, readEach, textOf, word } from '../../domain/payload.ts'
import type { Status } from '../../domain/status.ts'

const STATUSES = {
  SEND: 'sent',
  DEFERRAL: 'queued',
  DELIVERED: 'delivered',
  HARD_BOUNCE: 'undelivered',
  SOFT_BOUNCE: 'undelivered', // final here: what is tried again is a deferral
  REJECT: 'rejected',
  OPEN: 'read',
  CLICK: 'clicked',
  UNSUB: 'unsubscribed',
  SPAM: 'complained',
} as const satisfies Record<string, Status>

/** Changes of the account's lists have a type in place of an event. */
const LISTS = ['blacklist', 'whitelist', 'denylist', 'allowlist', 'safelist']

const event = z.looseObject({
  event: word,
  ts: word,
  msg: z.looseObject({ _id: word, email: optionalWord, diag: optionalWord, bounce_description: optionalWord }),
})

type Event = z.infer<typeof event>

/** The mapping of https://mailchimp.com/developer/transactional/docs/webhooks/ */
export const normalizer: Normalizer<unknown[]> = {
  version: 1,
  body: jsonInField('mandrill_events'),
  statuses: STATUSES,

  facts(events, { ignored, problems }) {
    const ours = events.map((entry) => {
      const kind = foreignKind(Object(entry))
      if (kind === undefined) return entry
      ignored.push(kind)
      return undefined
    })
    return readEach(event, ours, 'mandrill_events', problems).map(({ entry, path }) => ({ ...factOf(entry), path }))
  },
}

function foreignKind({ event, type }: { event?: unknown; type?: unknown }): string | undefined {
  if (event === 'inbound') return 'inbound_message'
  return event === undefined && LISTS.includes(textOf(type) ?? '') ? 'rejection_list' : undefined
}

function factOf({ event, ts, msg, ...details }: Event): Fact {
  const { _id, email, diag, bounce_description, ...ofMessage } = msg
  const { occurredAt, raw } = unixOccurrence('ts', ts, 'seconds')
  // Some messages have the number of an account before the id that the send API answers.
  const messageId = _id.replace(/^\d+\.(?=[0-9a-f]{32}$)/, '')
  const tags = Array.isArray(msg.tags) ? msg.tags : []
  const metadata = Object(msg.metadata)
  return {
    messageId,
    recipient: email,
    channel: 'email',
    providerStatus: event,
    error: errorOf(msg),
    occurredAt,
    campaign: textOf(metadata.campaign) ?? textOf(tags[0]),
    reference: textOf(metadata.reference),
    details: {
      ...details,
      ...raw,
      msg: {
        ...ofMessage,
        ...(messageId !== _id && { _id }),
        ...(diag && bounce_description && { bounce_description }),
      },
    },
  }
}

/** Of a bounce what the recipient's server said; of a deferral the last attempt; of a rejection its reason. */
function errorOf({
  diag,
  bounce_description,
  bgtools_code,
  smtp_events,
  reject,
}: Event['msg']): (Fact['error'] & {}) | null {
  const last = Object(Array.isArray(smtp_events) ? smtp_events.at(-1) : undefined)
  const attempt = textOf(last.diag)
  const message =
    diag ??
    bounce_description ??
    (attempt !== null && !attempt.startsWith('2') ? attempt : textOf(Object(reject).reason))
  if (message === null) return null
  const code = /(?:^|[; ])([45]\d\d)(?=[ -])/.exec(message)?.[1] ?? null
  return { code: code ?? textOf(bgtools_code), message }
}
