import * as z from 'zod/mini'
import { type JsonObject, jsonObject } from '../../domain/body/json.ts'
import { type Normalizer, occurrence } from '../../domain/normalizer.ts'
import { Malformed, optionalWord, read, textOf, word } from '../../domain/payload.ts'
import type { Status } from '../../domain/status.ts'

/** https://developers.mailersend.com/api/v1/webhooks.html */
const STATUSES = {
  'ACTIVITY.SENT': 'sent',
  'ACTIVITY.DELIVERED': 'delivered',
  'ACTIVITY.DEFERRED': 'queued', // tried again
  'ACTIVITY.SOFT_BOUNCED': 'undelivered',
  'ACTIVITY.HARD_BOUNCED': 'undelivered',
  'ACTIVITY.OPENED': 'read',
  'ACTIVITY.OPENED_UNIQUE': 'read',
  'ACTIVITY.CLICKED': 'clicked',
  'ACTIVITY.CLICKED_UNIQUE': 'clicked',
  'ACTIVITY.UNSUBSCRIBED': 'unsubscribed',
  'ACTIVITY.SPAM_COMPLAINT': 'complained',
} as const satisfies Record<string, Status>

const FAILURES = /_bounced|deferred/i

/** Events that are no status of an e-mail, by what their type begins with. */
const KINDS: readonly (readonly [RegExp, string])[] = [
  [/^webhook\.test$/, 'ping'],
  [/^sms\./, 'sms'],
  [/^inbound_(forward|message)\./, 'inbound_message'],
  [/^activity\.survey_/, 'survey'],
  [/^recipient\.on_hold_/, 'suppression'],
  [/^(sender_identity|maintenance|email_single|email_list|bulk_email)\./, 'account'],
]

const optionalObject = z.nullish(z.looseObject({}))
const tags = z.nullish(z.array(z.unknown(), { error: 'expected a list' }))

/** `data.email` is an object in version 1, and in version 2 the address, which may be in `recipient` instead. */
const payload = z.looseObject({
  type: word,
  created_at: optionalWord,
  data: z.looseObject({
    created_at: optionalWord,
    message_id: optionalWord,
    recipient: optionalWord,
    tags,
    meta: z.nullish(z.union([z.array(z.unknown()), z.looseObject({})], { error: 'expected an object' })),
    morph: optionalObject,
    email: z.nullish(
      z.union([z.string(), z.looseObject({ message: optionalObject, recipient: optionalObject, tags })], {
        error: 'expected an address or an object',
      }),
    ),
  }),
})

/** The mapping of both versions of MailerSend's payload. */
export const normalizer: Normalizer<JsonObject> = {
  version: 1,
  body: jsonObject,
  statuses: STATUSES,

  ignores: ({ type }) => KINDS.find(([pattern]) => pattern.test(textOf(type) ?? ''))?.[1],

  facts(json, { timeZone }) {
    const { type, created_at, data, ...outer } = read(payload, json)
    const version1 = typeof data.email === 'object' && data.email !== null ? data.email : undefined
    const messageId = version1 ? textOf(version1.message?.id) : data.message_id
    if (messageId === null) throw new Malformed([`data.${version1 ? 'email.message.id' : 'message_id'}: expected text`])
    // In version 1 `created_at` beside `data` is the time of the call, another one in each attempt.
    const { occurredAt, raw } = occurrence('created_at', (version1 ? data.created_at : created_at) ?? '', timeZone)
    const told = { ...data.morph, ...(Array.isArray(data.meta) ? {} : data.meta) } as JsonObject
    const reason = textOf(told.readable_reason ?? told.reason ?? told.bounce_reason ?? told.unsubscribe_reason)
    const code = textOf(told.bounce_code)
    const hasFailed = FAILURES.test(type)
    return [
      {
        messageId,
        recipient: version1 ? textOf(version1.recipient?.email) : (data.recipient ?? textOf(data.email)),
        channel: 'email',
        providerStatus: type,
        description: hasFailed ? null : reason,
        error: hasFailed && (code ?? reason) !== null ? { code, message: reason } : null,
        occurredAt,
        campaign: textOf((version1 ?? data).tags?.[0]),
        details: { ...outer, ...(!version1 && created_at !== null && raw), data: json.data },
      },
    ]
  },
}
