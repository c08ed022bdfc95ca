import * as z from 'zod/mini'
import { type Fields, formOrQuery } from '../../domain/body/form.ts'
import type { Normalizer } from '../../domain/normalizer.ts'
import { optionalWord, read, word } from '../../domain/payload.ts'
import type { Status } from '../../domain/status.ts'
import { readTimestamp } from '../../domain/timestamp.ts'

/** https://plivo.com/docs/messaging/api/message/message-status-callbacks */
const STATUSES = {
  QUEUED: 'queued',
  SENT: 'sent',
  DELIVERED: 'delivered',
  UNDELIVERED: 'undelivered',
  FAILED: 'failed', // by Plivo itself, before any carrier had it
  READ: 'read',
  REJECTED: 'rejected', // of older documents
  // Of `failed` and `undelivered`, by the code.
  'REJECTED BY CODE': 'rejected',
  'EXPIRED BY CODE': 'expired',
} as const satisfies Record<string, Status>

/** The codes that say more than `failed` or `undelivered`, https://plivo.com/docs/messaging/troubleshooting/error-codes */
const CODES: Readonly<Record<string, 'rejected' | 'expired'>> = {
  30: 'rejected', // spam
  160: 'rejected', // the account may not send to that country
  200: 'rejected', // the recipient has opted out
  201: 'rejected', // from a US toll-free number to Canada
  420: 'expired',
  450: 'rejected', // the country is barred
  910: 'rejected', // the account is disabled
}

const text = z.nullish(z.string({ error: 'expected text' }))

const payload = z.looseObject({
  MessageUUID: word,
  Status: word,
  To: optionalWord,
  Type: optionalWord,
  ErrorCode: optionalWord,
  PowerpackUUID: optionalWord,
  Sequence: text,
  TotalAmount: z.nullish(z.string().check(z.regex(/^(\d+(\.\d+)?)?$/, { error: 'expected number' }))),
  MessageTime: text,
  QueuedTime: text,
  SentTime: text,
  DeliveryReportTime: text,
})

/** The latest time is when the status began; `queued` and `sent` are no later than their own. */
const TIMES = ['DeliveryReportTime', 'SentTime', 'QueuedTime', 'MessageTime'] as const

const FIRST_TIME: Readonly<Record<string, number>> = { QUEUED: 2, SENT: 1 }

/** The mapping of Plivo's message status callbacks, version 1 of its API. */
export const normalizer: Normalizer<Fields> = {
  version: 1,
  body: formOrQuery,
  statuses: STATUSES,

  wordOf({ providerStatus, error }) {
    const status = /^\s*(failed|undelivered)\s*$/i.test(providerStatus) && CODES[Number(error?.code)]
    return status ? `${status} by code` : providerStatus
  },

  /** The messages that people send to us, and the progress of calls, where their URLs are this one too. */
  ignores({ CallUUID, Status, status, Text, Media0 }) {
    if ((Status ?? status) !== undefined) return undefined
    if (CallUUID !== undefined) return 'call'
    return (Text ?? Media0) === undefined ? undefined : 'inbound_message'
  },

  facts({ status, ...fields }, { timeZone }) {
    const reported = read(payload, status === undefined ? fields : { Status: status, ...fields })
    const { MessageUUID, Status, To, Type, ErrorCode, PowerpackUUID, ...details } = reported
    const { Sequence, TotalAmount } = reported
    const times = TIMES.slice(FIRST_TIME[Status.trim().toUpperCase()] ?? 0)
    return [
      {
        messageId: MessageUUID,
        recipient: To,
        channel: Type,
        providerStatus: Status,
        // `0` and `000` say that there was none.
        error: Number(ErrorCode) === 0 ? null : { code: ErrorCode, message: null },
        // Without a zone, which is our assumption, and with microseconds: the texts stay in the details.
        occurredAt: readTimestamp(times.map((name) => reported[name]).find(isText) ?? '', timeZone),
        order: isText(Sequence) && /^\d{1,9}$/.test(Sequence) ? Number(Sequence) : null,
        campaign: PowerpackUUID,
        price: isText(TotalAmount) ? { amount: Number(TotalAmount), currency: 'USD' } : null,
        details,
      },
    ]
  },
}

const isText = (value: unknown): value is string => typeof value === 'string' && value !== ''
