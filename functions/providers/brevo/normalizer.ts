import * as z from 'zod/mini'
import { jsonArray } from '../../domain/body/json.ts'
import type { Context, Fact, Normalizer } from '../../domain/normalizer.ts'
import { optionalWord, readEach, textOf } from '../../domain/payload.ts'
import type { Status } from '../../domain/status.ts'
import { readUnixTime } from '../../domain/timestamp.ts'

/** https://developers.brevo.com/docs/transactional-webhooks and https://developers.brevo.com/docs/marketing-webhooks */
const STATUSES = {
  REQUEST: 'queued', // "sent" in the console: Brevo has taken it
  DEFERRED: 'queued', // tried again
  DELIVERED: 'delivered',
  HARD_BOUNCE: 'undelivered',
  SOFT_BOUNCE: 'undelivered', // no longer tried
  BLOCKED: 'rejected',
  'BLOCKED DUPLICATE IN CAMPAIGN': 'skipped',
  INVALID_EMAIL: 'failed',
  ERROR: 'failed',
  OPENED: 'read',
  UNIQUE_OPENED: 'read',
  PROXY_OPEN: 'read',
  UNIQUE_PROXY_OPEN: 'read',
  LOADEDBYPROXY: 'read',
  CLICK: 'clicked',
  UNSUBSCRIBED: 'unsubscribed',
  UNSUBSCRIBE: 'unsubscribed', // of marketing
  SPAM: 'complained',
  COMPLAINT: 'complained',
} as const satisfies Record<string, Status>

/** The events of which `reason` says what went wrong. */
const FAILURES: ReadonlySet<string> = new Set('DEFERRED HARD_BOUNCE SOFT_BOUNCE BLOCKED INVALID_EMAIL ERROR'.split(' '))

/** What comes in the same way and is no event of a mail. */
const KINDS: Readonly<Record<string, string>> = {
  LIST_ADDITION: 'contact',
  CONTACT_UPDATED: 'contact',
  CONTACT_DELETED: 'contact',
  INBOUNDEMAILPROCESSED: 'inbound_message',
  REPLY: 'inbound_message',
}

const unixTime = z.nullish(z.union([z.number(), z.string()], { error: 'expected seconds since 1970' }))

const entry = z.looseObject({
  event: optionalWord,
  email: z.nullish(z.unknown()), // of some events of contacts a list
  'message-id': optionalWord,
  camp_id: optionalWord,
  'campaign name': optionalWord,
  reason: optionalWord,
  tags: z.nullish(z.unknown()),
  'X-Mailin-custom': z.nullish(z.unknown()),
  ts_event: unixTime,
  ts: unixTime,
})

/** The mapping of Brevo's webhooks of e-mail. */
export const normalizer: Normalizer<unknown[]> = {
  version: 1,
  body: jsonArray,
  statuses: STATUSES,

  wordOf({ providerStatus, error }) {
    const isDuplicate = /^\s*blocked\s*$/i.test(providerStatus) && /duplicate in campaign/i.test(error?.message ?? '')
    return isDuplicate ? 'blocked duplicate in campaign' : providerStatus
  },

  facts: (entries, context) =>
    readEach(entry, entries, '', context.problems).flatMap(({ entry, path }) => factOf(entry, path, context)),
}

function factOf(reported: z.infer<typeof entry>, path: string, { problems, ignored }: Context): Fact | [] {
  const { event, email, 'message-id': id, camp_id, 'campaign name': name, reason, ...details } = reported
  const kind = KINDS[event?.trim().toUpperCase() ?? ''] ?? (event === null ? kindOf(reported) : undefined)
  // A campaign's events have no message id; its id and the recipient identify the message.
  const messageId = id?.trim().replace(/^<|>$/g, '') || camp_id
  if (kind !== undefined) ignored.push(kind)
  else if (event === null) problems.push(`${path}.event: expected text`)
  else if (!messageId) problems.push(`${path}.message-id: expected text`)
  if (kind !== undefined || event === null || !messageId) return []

  const { ts_event, ts } = details
  const isFailure = reason !== null && FAILURES.has(event.trim().toUpperCase())
  return {
    messageId,
    recipient: isText(email) ? email : null,
    channel: 'email',
    providerStatus: event,
    description: isFailure ? null : reason,
    error: isFailure ? { code: /^\s*([245]\d\d)(?!\d)/.exec(reason)?.[1] ?? null, message: reason } : null,
    // Both stay in the details: `ts` is of the sending in some events.
    occurredAt: readUnixTime(String(ts_event ?? ts ?? ''), 'seconds'),
    campaign: name ?? camp_id ?? firstOf(details.tags),
    reference: referenceIn(details['X-Mailin-custom']),
    details: { ...details, ...(camp_id && { camp_id }), ...(!isText(email) && { email }) },
    path,
  }
}

/** Mails to us (`items`), conversations and the events of SMS have no `event`. */
function kindOf({ items, eventName, msg_status }: Record<string, unknown>): string | undefined {
  if (items !== undefined) return 'inbound_message'
  if (textOf(eventName)?.startsWith('conversation')) return 'conversation'
  return msg_status === undefined ? undefined : 'sms'
}

const isText = (value: unknown): value is string => typeof value === 'string' && value !== ''

const firstOf = (tags: unknown): string | null => (Array.isArray(tags) && isText(tags[0]) ? tags[0] : null)

/** In a header of the sender's own, as JSON or as `reference:order-17|other:…`. */
const referenceIn = (custom: unknown): string | null =>
  (isText(custom) && /(?:^|[{,|])\s*"?reference"?\s*:\s*"?([^"|,}]+)/.exec(custom)?.[1]?.trim()) || null
