import * as z from 'zod/mini'
import { type JsonObject, jsonObject } from '../../domain/body/json.ts'
import { type Normalizer, occurrence } from '../../domain/normalizer.ts'
import { optionalWord, read, textOf, time, word } from '../../domain/payload.ts'
import type { Status } from '../../domain/status.ts'

/** `RecordType`, of a bounce its `Type`, of a suppression its reason. https://postmarkapp.com/developer/api/bounce-api#bounce-types */
const STATUSES = {
  DELIVERY: 'delivered',
  OPEN: 'read',
  CLICK: 'clicked',
  SPAMCOMPLAINT: 'complained',
  MANUALSUPPRESSION: 'unsubscribed',
  UNSUBSCRIBE: 'unsubscribed',
  HARDBOUNCE: 'undelivered',
  SOFTBOUNCE: 'undelivered',
  VIRUSNOTIFICATION: 'undelivered',
  UNKNOWN: 'undelivered', // a bounce that Postmark could not classify
  TRANSIENT: 'queued', // delayed, and tried again
  DNSERROR: 'queued',
  SPAMNOTIFICATION: 'rejected',
  BADEMAILADDRESS: 'rejected',
  MANUALLYDEACTIVATED: 'rejected',
  UNCONFIRMED: 'rejected',
  BLOCKED: 'rejected',
  DMARCPOLICY: 'rejected',
  SMTPAPIERROR: 'failed',
  TEMPLATERENDERINGFAILED: 'failed',
  // Answers to a mail, which say nothing of its delivery.
  AUTORESPONDER: 'unknown',
  ADDRESSCHANGE: 'unknown',
  CHALLENGEVERIFICATION: 'unknown',
  SUBSCRIBE: 'unknown',
  OPENRELAYTEST: 'unknown',
  INBOUNDERROR: 'unknown',
} as const satisfies Record<string, Status>

const text = z.nullish(z.string({ error: 'expected text' }))
const rfc3339 = z.nullish(time('an RFC 3339 time'))

const payload = z.looseObject({
  RecordType: word,
  MessageID: word,
  Recipient: optionalWord,
  Email: optionalWord,
  Tag: optionalWord,
  Type: text,
  TypeCode: z.nullish(z.union([z.number(), z.string()], { error: 'expected number' })),
  SuppressionReason: text,
  Name: text,
  Description: text,
  Details: text,
  Metadata: z.nullish(z.looseObject({ reference: z.nullish(z.unknown()) })),
  DeliveredAt: rfc3339,
  BouncedAt: rfc3339,
  ReceivedAt: rfc3339,
  ChangedAt: rfc3339,
})

const TIMES = ['DeliveredAt', 'BouncedAt', 'ReceivedAt', 'ChangedAt'] as const

/** The mapping of https://postmarkapp.com/developer/webhooks/webhooks-overview */
export const normalizer: Normalizer<JsonObject> = {
  version: 1,
  body: jsonObject,
  statuses: STATUSES,

  /** Mails to us, and changes of the list of suppressions by which no recipient says anything of one mail. */
  ignores({ RecordType, FromFull, MessageID, SuppressSending, SuppressionReason, Origin }) {
    if (RecordType === 'Inbound' || (RecordType === undefined && FromFull !== undefined)) return 'inbound_message'
    if (RecordType !== 'SubscriptionChange') return undefined
    const isByOthers = SuppressionReason === 'ManualSuppression' && Origin !== 'Recipient'
    return SuppressSending !== true || !MessageID || isByOthers ? 'subscription_change' : undefined
  },

  facts(json, { timeZone }) {
    const { RecordType, MessageID, Recipient, Email, Tag, Description, ...reported } = read(payload, json)
    const { Type, TypeCode, SuppressionReason, Details, Metadata } = reported
    const isBounce = RecordType === 'Bounce' || RecordType === 'SMTPApiError'
    const providerStatus = (isBounce ? Type : RecordType === 'SubscriptionChange' && SuppressionReason) || RecordType
    const name = TIMES.find((name) => reported[name]) ?? 'DeliveredAt'
    const { [name]: at, ...details } = reported
    const { occurredAt, raw } = occurrence(name, at ?? '', timeZone)
    return [
      {
        messageId: MessageID,
        recipient: Recipient ?? Email,
        channel: 'email',
        providerStatus,
        description: Description || reported.Name || null,
        error: isBounce ? { code: codeIn(Details) ?? wordOf(TypeCode), message: Details || Description || null } : null,
        occurredAt,
        campaign: Tag,
        reference: textOf(Metadata?.reference),
        details: { ...details, ...(at && raw), ...(providerStatus !== RecordType && { RecordType }) },
      },
    ]
  },
}

/** The enhanced status code (RFC 3463) of the server that refused the mail. */
const codeIn = (text: string | null | undefined) => /(?<![\d.])[245]\.\d{1,3}\.\d{1,3}(?![\d.])/.exec(text ?? '')?.[0]

/** Postmark's own code of a kind of bounce. */
const wordOf = (code: number | string | null | undefined) => (code === null || code === undefined ? null : String(code))
