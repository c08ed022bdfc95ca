import * as z from 'zod/mini'
import { messageIn, noticeIn, type SnsNotification, snsNotification } from '../../domain/body/sns.ts'
import { type Normalizer, occurrence } from '../../domain/normalizer.ts'
import { Malformed, optionalWord, read, textOf, time, word } from '../../domain/payload.ts'
import type { Status } from '../../domain/status.ts'

/** https://www.scaleway.com/en/docs/transactional-email/reference-content/webhook-events-payloads */
const STATUSES = {
  EMAIL_QUEUED: 'queued',
  EMAIL_DEFERRED: 'queued', // tried again
  EMAIL_DELIVERED: 'delivered',
  EMAIL_DROPPED: 'undelivered', // "definitively rejected by the destination server, or hard-bounced"
  EMAIL_MAILBOX_NOT_FOUND: 'undelivered',
  EMAIL_BLOCKLISTED: 'rejected',
  EMAIL_SPAM: 'rejected', // "identified as spam by Scaleway or by the recipient server"
} as const satisfies Record<string, Status>

/** Events that are no status of an e-mail. */
const KINDS: Readonly<Record<string, string>> = { BLOCKLIST_CREATED: 'suppression', UNKNOWN_TYPE: 'unknown_type' }

const FAILURES = /deferred|dropped|not_found|blocklisted|spam/i

const message = z.looseObject({
  type: word,
  id: optionalWord,
  email_id: optionalWord,
  email_to: optionalWord,
  created_at: z.nullish(time('RFC 3339')),
  email_headers: z.nullish(z.array(z.unknown(), { error: 'expected a list' })),
  email_response_code: optionalWord,
  email_response_message: optionalWord,
  email_error: optionalWord,
  blocklist_type: optionalWord,
  blocklist_reason: optionalWord,
})

/** The mapping of the events of Scaleway's Transactional Email. */
export const normalizer: Normalizer<SnsNotification> = {
  version: 1,
  body: snsNotification,
  statuses: STATUSES,

  ignores(notification) {
    const notice = noticeIn(notification)
    const { inner } = notification
    if (notice !== undefined || inner === undefined) return notice
    return KINDS[textOf(inner.type)?.trim().toUpperCase() ?? '']
  },

  facts(notification, { timeZone }) {
    const inner = messageIn(notification)
    const { type, id, email_id, email_to, created_at, ...reported } = read(message, inner, 'Message')
    const { email_response_code: code, email_response_message, ...rest } = reported
    const { email_error, blocklist_type, blocklist_reason, ...details } = rest
    // An e-mail on a list was never sent, and has no id: its header has the one that the sender knows.
    const messageId = email_id ?? headerIn(details.email_headers, 'message-id')?.replace(/^<|>$/g, '') ?? id
    if (!messageId) throw new Malformed(['Message.email_id: expected text'])
    const { occurredAt, raw } = occurrence('created_at', created_at ?? '', timeZone)
    const text = email_response_message ?? email_error ?? blocklist_reason
    const hasFailed = FAILURES.test(type)
    return [
      {
        messageId,
        recipient: email_to,
        channel: 'email',
        providerStatus: type,
        description: hasFailed ? null : text,
        error: hasFailed ? { code: code ?? blocklist_type, message: text } : null,
        occurredAt,
        reference: headerIn(details.email_headers, 'x-reference'),
        // Of the envelope all is transport: ids and times of a publication, the signature, the topic, which is the key.
        details: {
          ...details,
          ...(id !== null && { id }),
          ...(email_error !== null && email_error !== text && { email_error }),
          ...(!hasFailed && code !== null && { email_response_code: inner.email_response_code }),
          ...(blocklist_type !== null && { blocklist_type }),
          ...(created_at && raw),
        },
      },
    ]
  },
}

/** The value of a header of the e-mail, by its name in lower case. */
function headerIn(headers: readonly unknown[] | null | undefined, name: string): string | null {
  const header = headers?.map(Object).find(({ key }) => textOf(key)?.toLowerCase() === name)
  return textOf(header?.value)
}
