import * as z from 'zod/mini'
import { type JsonObject, jsonObject } from '../../domain/body/json.ts'
import { type Normalizer, unixOccurrence } from '../../domain/normalizer.ts'
import { optionalWord, read, word } from '../../domain/payload.ts'
import type { Status } from '../../domain/status.ts'

/** https://gatewayapi.com/docs/apis/rest/#delivery-status-notification */
const STATUSES = {
  UNKNOWN: 'unknown', // how a message begins; not sent, says the document
  SCHEDULED: 'queued',
  BUFFERED: 'queued',
  ENROUTE: 'sent',
  ACCEPTED: 'sent', // by the network, on the recipient's behalf
  DELIVERED: 'delivered',
  EXPIRED: 'expired',
  DELETED: 'skipped', // canceled
  SKIPPED: 'skipped', // by rules of the network
  UNDELIVERABLE: 'undelivered',
  REJECTED: 'rejected',
} as const satisfies Record<string, Status>

const notification = z.looseObject({
  id: word,
  msisdn: word,
  time: word,
  status: word,
  error: optionalWord,
  code: optionalWord,
  userref: optionalWord,
})

/** The mapping of https://gatewayapi.com/docs/webhooks */
export const normalizer: Normalizer<JsonObject> = {
  version: 1,
  body: jsonObject,
  statuses: STATUSES,

  /** Messages to us come to the same webhook. */
  ignores: ({ status, receiver, message }) =>
    status === undefined && (receiver !== undefined || message !== undefined) ? 'inbound_message' : undefined,

  facts(json) {
    const { id, msisdn, time, status, error, code, userref, ...details } = read(notification, json)
    const { occurredAt, raw } = unixOccurrence('time', time, 'seconds')
    return [
      {
        messageId: id,
        recipient: msisdn,
        channel: 'sms',
        providerStatus: status,
        description: error,
        error: error === null && code === null ? null : { code, message: error },
        occurredAt,
        reference: userref,
        details: { ...details, ...raw, ...(userref !== null && { userref }) },
      },
    ]
  },
}
