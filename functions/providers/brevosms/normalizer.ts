import * as z from 'zod/mini'
import { jsonArray } from '../../domain/body/json.ts'
import type { Context, Fact, Normalizer } from '../../domain/normalizer.ts'
import { optionalWord, readEach, textOf } from '../../domain/payload.ts'
import type { Status } from '../../domain/status.ts'
import { readTimestamp, readUnixTime } from '../../domain/timestamp.ts'

/** https://developers.brevo.com/docs/transactional-webhooks#sent-1 */
const STATUSES = {
  ACCEPTED: 'queued', // by Brevo
  SENT: 'sent',
  DELIVERED: 'delivered',
  SOFT_BOUNCE: 'undelivered',
  HARD_BOUNCE: 'undelivered',
  REJECTED: 'rejected',
  BLACKLISTED: 'rejected',
  SKIP: 'skipped',
  UNSUBSCRIBE: 'unsubscribed',
} as const satisfies Record<string, Status>

/** The words of `msg_status` with which `reason` says what went wrong. */
const FAILURES: ReadonlySet<string> = new Set('SOFT_BOUNCE HARD_BOUNCE REJECTED BLACKLISTED SKIP'.split(' '))

/** What comes in the same way and is no status of a message of ours. */
const KINDS: Readonly<Record<string, string>> = { REPLIED: 'inbound_message', SUBSCRIBE: 'contact' }

const entry = z.looseObject({
  msg_status: optionalWord,
  messageId: optionalWord,
  to: optionalWord,
  reason: optionalWord,
  date: z.nullish(z.unknown()),
  ts_event: z.nullish(z.unknown()),
  tag: z.nullish(z.unknown()), // a text, a list or the JSON of one
})

/** The mapping of Brevo's webhooks of SMS. */
export const normalizer: Normalizer<unknown[]> = {
  version: 1,
  body: jsonArray,
  statuses: STATUSES,

  facts: (entries, context) =>
    readEach(entry, entries, '', context.problems).flatMap(({ entry, path }) => factOf(entry, path, context)),
}

function factOf(reported: z.infer<typeof entry>, path: string, context: Context): Fact | [] {
  const { msg_status, messageId, to, reason, ...details } = reported
  const word = msg_status?.trim().toUpperCase() ?? ''
  // An event of e-mail has another name for its status.
  const kind = KINDS[word] ?? (msg_status === null && reported.event !== undefined ? 'email' : undefined)
  if (kind !== undefined) context.ignored.push(kind)
  else if (msg_status === null) context.problems.push(`${path}.msg_status: expected text`)
  else if (messageId === null) context.problems.push(`${path}.messageId: expected text`)
  if (kind !== undefined || msg_status === null || messageId === null) return []

  return {
    messageId,
    recipient: to,
    channel: 'sms',
    providerStatus: msg_status,
    description: FAILURES.has(word) ? null : reason,
    error: FAILURES.has(word) && reason !== null ? { code: null, message: reason } : null,
    // Both stay in the details.
    occurredAt:
      readUnixTime(textOf(details.ts_event) ?? '', 'seconds') ??
      readTimestamp(textOf(details.date) ?? '', context.timeZone),
    campaign: tagIn(details.tag),
    details,
    path,
  }
}

/** The first of the message's tags: `a`, `["a"]` or `'["a"]'`. */
function tagIn(tag: unknown): string | null {
  const [first] = [tag].flat()
  return typeof first === 'string' ? /[^[\]",\s][^[\]",]*/.exec(first)?.[0].trim() || null : null
}
