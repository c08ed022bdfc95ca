import * as z from 'zod/mini'
import { type JsonObject, jsonObject } from '../../domain/body/json.ts'
import { type Normalizer, occurrence } from '../../domain/normalizer.ts'
import { optionalAmount, optionalWord, read, time, word } from '../../domain/payload.ts'
import type { Status } from '../../domain/status.ts'

/** https://messente.com/documentation/omnichannel-api/delivery-report */
const STATUSES = {
  ACK: 'sent', // the operator has taken it
  ACCEPTD: 'sent', // it waits at the operator
  DELIVRD: 'delivered',
  SEEN: 'read',
  UNDELIV: 'undelivered',
  FAILED: 'undelivered', // "failed to deliver message to the handset"
  'FAILED TO BE SENT': 'failed',
  DELETED: 'undelivered',
  EXPIRED: 'expired',
  REJECTD: 'rejected',
  NACK: 'rejected',
  UNKNOWN: 'unknown',
} as const satisfies Record<string, Status>

/** What an `UNDELIV` or a `FAILED` is by `err`, https://github.com/messente/messente-api-python/blob/master/docs/ErrorCodeOmnichannelMachine.md */
const KEYS = new Map<string | null | undefined, keyof typeof STATUSES>([
  ['2', 'EXPIRED'],
  ['3', 'FAILED TO BE SENT'], // invalid number
  ['4', 'FAILED TO BE SENT'], // "error crediting account"
  ['5', 'FAILED TO BE SENT'], // invalid format of the number
  ['6', 'REJECTD'], // too many identical messages
  ['7', 'REJECTD'], // the sender name is not allowed
  ['8', 'REJECTD'], // the operator is blacklisted
  ['9', 'FAILED TO BE SENT'], // no route
])

/** Values of `err` that are no error: "no error" and "seen". */
const NO_ERROR: ReadonlySet<string | null> = new Set([null, '0', '10'])

const payload = z.looseObject({
  message_id: word,
  status: word,
  to: optionalWord,
  channel: optionalWord,
  err: optionalWord,
  error: optionalWord,
  omnimessage_id: optionalWord,
  timestamp: z.nullish(time('an ISO time')),
  price_info: z.nullish(z.looseObject({ total_price: optionalAmount })),
})

/** The mapping of Messente's delivery reports. */
export const normalizer: Normalizer<JsonObject> = {
  version: 1,
  body: jsonObject,
  statuses: STATUSES,

  wordOf({ providerStatus, error }) {
    return (/^\s*(undeliv|failed)\s*$/i.test(providerStatus) && KEYS.get(error?.code)) || providerStatus
  },

  /** Messages to us may come to the same URL. */
  ignores: ({ status, msg_id, text }) =>
    status === undefined && (msg_id ?? text) !== undefined ? 'inbound_message' : undefined,

  facts(json, { timeZone }) {
    const { message_id, status, to, channel, err, error, omnimessage_id, timestamp, ...rest } = read(payload, json)
    const { occurredAt, raw } = occurrence('timestamp', timestamp ?? '', timeZone)
    const code = NO_ERROR.has(err) ? null : err
    const price = rest.price_info?.total_price ?? null
    return [
      {
        messageId: message_id,
        recipient: to,
        channel,
        providerStatus: status,
        error: code === null && error === null ? null : { code, message: error },
        occurredAt,
        campaign: omnimessage_id,
        price: price === null ? null : { amount: Number(price), currency: null },
        details: { ...rest, ...(code === null && err !== null && { err: json.err }), ...(timestamp && raw) },
      },
    ]
  },
}
