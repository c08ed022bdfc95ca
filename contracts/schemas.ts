import * as z from 'zod/mini'
import type { Delivery } from '../functions/domain/delivery.ts'
import type { DeliveryData, LedgerEvent, RecordData } from '../functions/domain/event.ts'
import { STATUSES, type Status, type StatusRecord } from '../functions/domain/status.ts'
import type { Summary } from '../functions/domain/summary.ts'

/** RFC 3339, UTC, milliseconds. */
const moment = z.iso.datetime({ precision: 3 })

const text = z.string()
const optionalText = z.nullable(text)
const optionalMoment = z.nullable(moment)

/** A word of the vocabulary. */
export const status = z.enum(Object.keys(STATUSES) as [Status, ...Status[]])

const error = z.nullable(z.strictObject({ code: optionalText, message: optionalText }))
const price = z.nullable(z.strictObject({ amount: z.number(), currency: optionalText }))

/** A status record. */
export const record = z.strictObject({
  provider: text,
  account: optionalText,
  messageId: text,
  recipient: optionalText,
  part: z.nullable(z.int()),
  channel: optionalText,
  status,
  final: z.boolean(),
  providerStatus: text,
  description: optionalText,
  error,
  occurredAt: optionalMoment,
  receivedAt: moment,
  order: z.number(),
  campaign: optionalText,
  reference: optionalText,
  normalizer: z.int(),
  price,
  details: z.record(z.string(), z.unknown()),
}) satisfies z.ZodMiniType<StatusRecord>

const delivery = z.strictObject({
  recipient: optionalText,
  part: z.nullable(z.int()),
  channel: optionalText,
  status,
  final: z.boolean(),
  statusAt: moment,
  history: z.array(record),
}) satisfies z.ZodMiniType<Delivery>

const summary = z.strictObject({
  provider: text,
  account: optionalText,
  messageId: text,
  recipient: optionalText,
  part: z.nullable(z.int()),
  channel: optionalText,
  status: z.nullable(status),
  final: z.boolean(),
  statusAt: optionalMoment,
  reference: optionalText,
  campaign: optionalText,
  firstAt: moment,
  sentAt: optionalMoment,
  deliveredAt: optionalMoment,
  readAt: optionalMoment,
  error,
  price,
  records: z.int(),
  overdueSince: optionalMoment,
}) satisfies z.ZodMiniType<Summary>

const quarantined = z.strictObject({
  id: text,
  provider: text,
  account: z.optional(text),
  reason: text,
  receivedAt: moment,
  attemptedAt: z.optional(moment),
  body: optionalText,
  encoding: z.nullable(z.enum(['utf8', 'base64'])),
  truncated: z.optional(z.literal(true)),
})

/** What the query API answers, by the names that its document has. */
export const answers = {
  Status: status,
  StatusRecord: record,
  Delivery: delivery,
  Summary: summary,
  Quarantined: quarantined,
  Message: z.strictObject({ provider: text, messageId: text, deliveries: z.array(delivery), cursor: optionalText }),
  Deliveries: z.strictObject({ items: z.array(summary), cursor: optionalText }),
  Quarantine: z.strictObject({ items: z.array(quarantined), cursor: optionalText }),
  Replayed: z.strictObject({ id: text }),
  Problem: z.strictObject({ type: text, title: text, status: z.int(), detail: text, instance: text }),
  Refusal: z.strictObject({ message: text }),
}

const eventOf = <T extends LedgerEvent['type'], Data>(type: T, data: z.ZodMiniType<Data>) =>
  z.strictObject({
    specversion: z.literal('1.0'),
    id: text,
    source: text,
    type: z.literal(type),
    subject: text,
    time: z.optional(moment),
    recordedtime: moment,
    sequence: text,
    datacontenttype: z.literal('application/json'),
    data,
  })

/** What `ledger endpoints test` sends to an endpoint: no fact is behind it. */
export const tested = z.strictObject({
  specversion: z.literal('1.0'),
  id: text,
  source: text,
  type: z.literal('delivery-ledger.endpoint.tested'),
  subject: text,
  time: moment,
  recordedtime: moment,
  datacontenttype: z.literal('application/json'),
  data: z.strictObject({ endpoint: text }),
})

/** What the topic gets, by the names that its document has. */
export const events = {
  StatusRecorded: eventOf(
    'delivery-ledger.status.recorded',
    z.omit(record, { details: true }) satisfies z.ZodMiniType<RecordData>,
  ),
  DeliveryChanged: eventOf(
    'delivery-ledger.delivery.changed',
    z.extend(summary, { previousStatus: z.nullable(status) }) satisfies z.ZodMiniType<DeliveryData>,
  ),
  DeliveryOverdue: eventOf('delivery-ledger.delivery.overdue', summary satisfies z.ZodMiniType<DeliveryData>),
}
