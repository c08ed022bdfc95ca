import * as z from 'zod/mini'
import { type JsonObject, jsonObject } from '../../domain/body/json.ts'
import { type Fact, type Normalizer, occurrence } from '../../domain/normalizer.ts'
import { read, textOf, time, word } from '../../domain/payload.ts'
import type { Status } from '../../domain/status.ts'

/** The events, and a bounce with the subtype that says that it was never sent. */
const STATUSES = {
  'EMAIL.SCHEDULED': 'queued',
  'EMAIL.SENT': 'queued', // the request succeeded; Resend will attempt to deliver
  'EMAIL.DELIVERY_DELAYED': 'queued',
  'EMAIL.DELIVERED_DELAYED': 'queued', // so spelled in some of the documents
  'EMAIL.DELIVERED': 'delivered',
  'EMAIL.BOUNCED': 'undelivered',
  'EMAIL.BOUNCED SUPPRESSED': 'rejected',
  'EMAIL.BOUNCED ONACCOUNTSUPPRESSIONLIST': 'rejected',
  'EMAIL.SUPPRESSED': 'rejected',
  'EMAIL.FAILED': 'failed',
  'EMAIL.OPENED': 'read',
  'EMAIL.CLICKED': 'clicked',
  'EMAIL.COMPLAINED': 'complained',
} as const satisfies Record<string, Status>

/** What comes before the dot in events that are about no e-mail. */
const FOREIGN = ['contact', 'domain', 'suppression']

const payload = z.looseObject({
  type: word,
  created_at: time('RFC 3339'),
  data: z.looseObject({ email_id: word }),
})

/** The mapping of https://resend.com/docs/webhooks/event-types */
export const normalizer: Normalizer<JsonObject> = {
  version: 1,
  body: jsonObject,
  statuses: STATUSES,

  wordOf({ providerStatus, details }) {
    const { subType } = Object(Object(details.data).bounce)
    const withSubType = `${providerStatus.trim()} ${textOf(subType)?.trim()}`.toUpperCase()
    return Object.hasOwn(STATUSES, withSubType) ? withSubType : providerStatus
  },

  ignores({ type }) {
    if (type === 'email.received') return 'inbound_message'
    return FOREIGN.find((kind) => typeof type === 'string' && type.startsWith(`${kind}.`))
  },

  facts(json) {
    const { type, created_at, data, ...rest } = read(payload, json)
    const { email_id, ...ofEmail } = data
    const { occurredAt, raw } = occurrence('created_at', created_at, 'UTC')
    const tags = tagsOf(data.tags)
    return [
      {
        messageId: email_id,
        recipient: onlyAddress(data.to),
        channel: 'email',
        providerStatus: type,
        error: errorOf(data),
        occurredAt,
        campaign: textOf(data.broadcast_id) ?? textOf(tags.campaign),
        reference: textOf(tags.reference),
        details: { ...rest, ...raw, data: ofEmail },
      },
    ]
  },
}

function errorOf({ bounce, suppressed, failed }: JsonObject): NonNullable<Fact['error']> | null {
  const { type, subType, message, reason, diagnosticCode } = Object(bounce ?? suppressed ?? failed)
  const smtpCode = /\b[45]\.\d{1,3}\.\d{1,3}\b/.exec(textOf([diagnosticCode].flat()[0]) ?? '')?.[0]
  const code = smtpCode ?? textOf(subType) ?? textOf(type) ?? textOf(reason)
  return code === null && textOf(message) === null ? null : { code, message: textOf(message) }
}

/** One event is about all recipients of an e-mail; only where there is one it is known whose it is. */
function onlyAddress(to: unknown): string | null {
  const addresses = [to].flat()
  const text = addresses.length === 1 ? textOf(addresses[0]) : null
  return text && (/<([^<>]+)>\s*$/.exec(text)?.[1] ?? text)
}

/** By name; older events have a list of names and values. */
function tagsOf(tags: unknown): JsonObject {
  if (!Array.isArray(tags)) return Object(tags)
  return Object.fromEntries(tags.map(Object).map(({ name, value }) => [textOf(name), value]))
}
