import * as z from 'zod/mini'
import { type JsonObject, jsonObject } from '../../domain/body/json.ts'
import { type Normalizer, occurrence } from '../../domain/normalizer.ts'
import { optionalWord, read, time, word } from '../../domain/payload.ts'
import type { Status } from '../../domain/status.ts'

const STATUSES = {
  DISPATCHED: 'queued',
  SENT: 'sent',
  DELIVERED: 'delivered',
  READ: 'read',
  FAILED: 'failed',
  NOSENT: 'skipped',
} as const satisfies Record<string, Status>

/** An event with an unknown name may be a status: it is quarantined, not ignored. */
const event = z.literal('DISPATCH_STATUS', { error: 'expected DISPATCH_STATUS or INCOMING_MESSAGE' })

const integer = z.int32({ error: 'expected a 32-bit integer' })

const payload = z.looseObject({
  // Older payloads have neither `event` nor `module`.
  event: z.nullish(event),
  dispatchId: optionalWord,
  messageId: word,
  messagePart: z.nullish(integer),
  channel: optionalWord,
  channelIdentifier: optionalWord,
  status: word,
  statusOrder: z.nullish(integer),
  statusDate: time('an RFC 3339 time in UTC'),
})

/** The mapping of the "Message Status Update" webhook, https://bump.sh/nifteem and https://docs.nifteem.com */
export const normalizer: Normalizer<JsonObject> = {
  version: 1,
  body: jsonObject,
  statuses: STATUSES,

  ignores: ({ event }) => (event === 'INCOMING_MESSAGE' ? event : undefined),

  facts(json, { timeZone }) {
    const {
      dispatchId,
      messageId,
      messagePart,
      channel,
      channelIdentifier,
      status,
      statusOrder,
      statusDate,
      ...reported
    } = read(payload, json)
    const { occurredAt, raw } = occurrence('statusDate', statusDate, timeZone)
    return [
      {
        messageId,
        recipient: channelIdentifier,
        part: messagePart ?? null,
        channel,
        providerStatus: status,
        occurredAt,
        order: statusOrder ?? null,
        campaign: dispatchId,
        details: { ...reported, ...raw },
      },
    ]
  },
}
