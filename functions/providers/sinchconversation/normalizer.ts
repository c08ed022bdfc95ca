import * as z from 'zod/mini'
import { type JsonObject, jsonObject } from '../../domain/body/json.ts'
import { type Normalizer, occurrence } from '../../domain/normalizer.ts'
import { optionalWord, read, word } from '../../domain/payload.ts'
import type { Status } from '../../domain/status.ts'

/** https://developers.sinch.com/docs/conversation/callbacks/#delivery-status */
const STATUSES = {
  QUEUED: 'queued',
  QUEUED_ON_CHANNEL: 'sent',
  DELIVERED: 'delivered',
  READ: 'read',
  // Given up on this channel; another one carries the message on, and says how it ends.
  SWITCHING_CHANNEL: 'skipped',
  FAILED: 'failed',
  // Of this, by the code.
  'REJECTED BY CODE': 'rejected',
  'EXPIRED BY CODE': 'expired',
  'UNDELIVERED BY CODE': 'undelivered',
} as const satisfies Record<string, Status>

/** The codes that say more than `FAILED`, https://developers.sinch.com/docs/conversation/callbacks/#error-codes */
const CODES: ReadonlyMap<string, 'rejected' | 'expired' | 'undelivered'> = new Map([
  ['RATE_LIMITED', 'rejected'],
  ['RECIPIENT_NOT_OPTED_IN', 'rejected'],
  ['OUTSIDE_ALLOWED_SENDING_WINDOW', 'rejected'],
  ['DELIVERY_REJECTED_DUE_TO_POLICY', 'rejected'],
  ['CHANNEL_REJECT', 'rejected'],
  ['NO_PERMISSION', 'rejected'],
  ['DELIVERY_TIMED_OUT', 'expired'],
  ['DELIVERY_REPORT_TIME_OUT', 'expired'],
  ['MESSAGE_EXPIRED', 'expired'],
  ['RECIPIENT_NOT_REACHABLE', 'undelivered'],
])

const report = z.looseObject({
  message_id: word,
  status: word,
  channel_identity: z.nullish(z.looseObject({ channel: optionalWord, identity: optionalWord })),
  reason: z.nullish(z.looseObject({ code: optionalWord, description: optionalWord })),
  metadata: optionalWord,
})

const callback = z.looseObject({
  event_time: optionalWord,
  accepted_time: optionalWord,
  message_metadata: optionalWord,
  message_delivery_report: report,
})

/** Sinch's names of channels that have another one here. */
const CHANNELS = new Map([
  ['VIBERBM', 'viber'],
  ['APPLEBC', 'apple'],
])

/** The mapping of https://developers.sinch.com/docs/conversation/callbacks/#message-delivery-receipt */
export const normalizer: Normalizer<JsonObject> = {
  version: 1,
  body: jsonObject,
  statuses: STATUSES,

  wordOf({ providerStatus, error }) {
    const status = /^\s*FAILED\s*$/i.test(providerStatus) && CODES.get(error?.code ?? '')
    return status ? `${status} by code` : providerStatus
  },

  /** The member that is there names the kind. */
  ignores(json) {
    if ('message_delivery_report' in json) return undefined
    if ('opt_out_notification' in json) return 'opt_out'
    if ('opt_in_notification' in json) return 'opt_in'
    if (['message', 'message_redaction', 'event'].some((name) => name in json)) return 'inbound_message'
    const isKnown = Object.keys(json).some((name) => /_(notification|report|event|response)$/.test(name))
    return isKnown || 'trigger' in json ? 'other_event' : undefined
  },

  facts(json, { timeZone }) {
    const { message_delivery_report, event_time, accepted_time, message_metadata, ...rest } = read(callback, json)
    const { message_id, status, channel_identity, reason, metadata, ...reported } = message_delivery_report
    const [timeName, time] = event_time === null ? ['accepted_time', accepted_time] : ['event_time', event_time]
    const { occurredAt, raw } = occurrence(timeName, time ?? '', timeZone)
    const channel = channel_identity?.channel ?? null
    const { code = null, description = null, ...beside } = reason ?? {}
    return [
      {
        messageId: message_id,
        recipient: channel_identity?.identity ?? null,
        channel: CHANNELS.get(channel ?? '') ?? channel,
        providerStatus: status,
        description,
        error: code === null && description === null ? null : { code, message: description },
        occurredAt,
        reference: metadata ?? message_metadata,
        details: {
          ...rest,
          ...reported,
          ...(channel_identity && { channel_identity }),
          ...(Object.keys(beside).length > 0 && { reason: beside }),
          ...(event_time !== null && accepted_time !== null && { accepted_time }),
          ...(time !== null && raw),
          ...(metadata !== null && { metadata }),
          ...(message_metadata !== null && { message_metadata }),
        },
        path: 'message_delivery_report',
      },
    ]
  },
}
