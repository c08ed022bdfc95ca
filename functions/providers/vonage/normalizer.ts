import * as z from 'zod/mini'
import { type JsonObject, jsonObject } from '../../domain/body/json.ts'
import { type Normalizer, occurrence } from '../../domain/normalizer.ts'
import { optionalAmount, optionalWord, read, time, word } from '../../domain/payload.ts'
import { keyOf, STATUSES } from './statuses.ts'

/** Version 0.1 has objects: `{"type":"sms","number":"447700900000"}`, of Messenger and Viber with an `id`. */
const party = z.union(
  [z.string(), z.number(), z.looseObject({ type: optionalWord, number: optionalWord, id: optionalWord })],
  {
    error: 'expected a number or an object',
  },
)

/** RFC 7807; `code` and `reason` in version 0.1. */
const problem = z.looseObject({
  type: optionalWord,
  title: optionalWord,
  detail: optionalWord,
  code: optionalWord,
  reason: optionalWord,
})

const payload = z.looseObject({
  message_uuid: word,
  status: word,
  timestamp: time('RFC 3339'),
  to: z.nullish(party),
  channel: optionalWord,
  client_ref: optionalWord,
  error: z.nullish(problem),
  usage: z.nullish(z.looseObject({ price: optionalAmount, currency: optionalWord })),
})

/** The mapping of https://developer.vonage.com/en/messages/concepts/messages-status-callbacks */
export const normalizer: Normalizer<JsonObject> = {
  version: 1,
  body: jsonObject,
  statuses: STATUSES,

  wordOf({ providerStatus, error }) {
    const isRefused = /^\s*(rejected|undeliverable)\s*$/i.test(providerStatus)
    return (isRefused && keyOf(error?.code)) || providerStatus
  },

  /** Messages to us come to the inbound URL, which may be the same. */
  ignores({ status, message_type, message }) {
    const isInbound = message_type !== undefined || message !== undefined
    return status === undefined && isInbound ? 'inbound_message' : undefined
  },

  facts(json, { timeZone }) {
    const { message_uuid, status, timestamp, to, channel, client_ref, error, usage } = read(payload, json)
    const { message_uuid: _id, status: _status, timestamp: _timestamp, channel: _channel, ...details } = json
    const { occurredAt, raw } = occurrence('timestamp', timestamp, timeZone)
    const recipient = partyOf(to)
    return [
      {
        messageId: message_uuid,
        recipient: recipient.number || recipient.id || null,
        channel: channel ?? recipient.type,
        providerStatus: status,
        error: error ? { code: codeOf(error), message: error.detail ?? error.reason ?? error.title } : null,
        occurredAt,
        reference: client_ref,
        price: priceOf(usage),
        details: { ...details, ...raw },
      },
    ]
  },
}

const partyOf = (party: z.infer<typeof payload>['to']) =>
  typeof party === 'object' && party !== null ? party : { number: String(party ?? ''), id: null, type: null }

const priceOf = (usage: z.infer<typeof payload>['usage']) =>
  usage?.price === undefined || usage.price === null ? null : { amount: Number(usage.price), currency: usage.currency }

/** The code is the title, or stands behind the type's `#`. */
function codeOf({ code, title, type }: z.infer<typeof problem>): string | null {
  if (code !== null) return code
  return /^\d+$/.test(title ?? '') ? title : (/#(\w+)$/.exec(type ?? '')?.[1] ?? title)
}
