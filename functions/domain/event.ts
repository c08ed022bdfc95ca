import { normalizeAddress } from './address.ts'
import { deliveryPrefixIn, type Key } from './key.ts'
import { keyedHash } from './keyed-hash.ts'
import { maskRecipient, maskText } from './mask.ts'
import { short } from './short.ts'
import type { Status, StatusRecord } from './status.ts'
import type { Summary } from './summary.ts'

/** What consumers are told of. */
export const EVENT_TYPES = {
  /** A new record. */
  recorded: 'delivery-ledger.status.recorded',
  /** A delivery stands elsewhere than before. */
  changed: 'delivery-ledger.delivery.changed',
  /** A delivery is overdue. */
  overdue: 'delivery-ledger.delivery.overdue',
} as const

/** How a recipient is written in an event. */
export const RECIPIENT_FORMS = ['plain', 'masked', 'hashed'] as const

/** One of them. */
export type RecipientForm = (typeof RECIPIENT_FORMS)[number]

/** A record as events have it. */
export type RecordData = Omit<StatusRecord, 'details'>

/** A delivery as events have it; `previousStatus` null where it is new. */
export type DeliveryData = Summary & { previousStatus?: Status | null }

/** A CloudEvent, https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/spec.md. Times are RFC 3339, UTC, milliseconds. */
export interface LedgerEvent<Data = RecordData | DeliveryData> {
  specversion: '1.0'
  /** The same for a repeat of the event. */
  id: string
  /** `/delivery-ledger/{stage}/{provider}` */
  source: string
  type: (typeof EVENT_TYPES)[keyof typeof EVENT_TYPES]
  /** Names the delivery without its recipient: equal for all events of it. */
  subject: string
  /** When it happened; left out where the provider does not say. */
  time?: string
  /** When the last callback that it is made of arrived. */
  recordedtime: string
  /** A text that sorts: of two events of one subject the greater is the newer. */
  sequence: string
  datacontenttype: 'application/json'
  data: Data
}

/** What events have in common in one stage. */
export interface EventContext {
  stage: string
  /** The secret by which deliveries and recipients are named. */
  hashKey: string
  recipients: RecipientForm
}

/** A delivery and its place in the table of deliveries. */
export interface DeliveryState {
  key: Key
  summary: Summary
  /** The prefix of its rows in the ledger. */
  prefix: string
  /** When the last callback about it arrived, else when it was expected. */
  latestAt: string
  /** How often its row was written. */
  version: number
}

/** The event of a new record of the ledger. */
export function recordedEvent(context: EventContext, key: Key, record: StatusRecord): LedgerEvent<RecordData> {
  const { details, ...data } = record
  const { provider, occurredAt, receivedAt } = record
  return {
    ...envelope(context, 'recorded', provider, [key.pk, key.sk]),
    subject: subjectOf(context, key.pk, deliveryPrefixIn(key.sk)),
    ...(occurredAt !== null && { time: occurredAt }),
    recordedtime: receivedAt,
    sequence: sequenceOf(receivedAt, 0, 0),
    data: dataIn(context, data),
  }
}

/** The event of a delivery that stands elsewhere than before: at `previousStatus`, null where it is new. */
export function changedEvent(
  context: EventContext,
  { key, prefix, latestAt, version, summary }: DeliveryState,
  previousStatus: Status | null,
): LedgerEvent<DeliveryData> {
  const { provider, status, channel, statusAt, records } = summary
  return {
    ...envelope(context, 'changed', provider, [key.pk, key.sk, latestAt, records, status, channel]),
    subject: subjectOf(context, key.pk, prefix),
    ...(statusAt !== null && { time: statusAt }),
    recordedtime: latestAt,
    sequence: sequenceOf(latestAt, records, version),
    data: { ...dataIn(context, summary), previousStatus },
  }
}

/** The event of a delivery that is overdue. */
export function overdueEvent(
  context: EventContext,
  { key, prefix, latestAt, version, summary }: DeliveryState,
): LedgerEvent<DeliveryData> {
  const overdueSince = summary.overdueSince as string
  return {
    ...envelope(context, 'overdue', summary.provider, [key.pk, prefix, overdueSince]),
    subject: subjectOf(context, key.pk, prefix),
    time: overdueSince,
    recordedtime: latestAt,
    sequence: sequenceOf(latestAt, summary.records, version),
    data: dataIn(context, summary),
  }
}

const envelope = (
  { stage, hashKey }: EventContext,
  kind: keyof typeof EVENT_TYPES,
  provider: string,
  identity: readonly unknown[],
) => ({
  specversion: '1.0' as const,
  id: keyedHash(hashKey, kind, JSON.stringify(identity)),
  source: `/delivery-ledger/${stage}/${provider}`,
  type: EVENT_TYPES[kind],
  datacontenttype: 'application/json' as const,
})

/** Data with the recipient in the stage's form, and masked in the provider's own texts, which may quote it; texts are cut. */
function dataIn<T extends RecordData | Summary>(context: EventContext, data: T): T {
  const textOf = <Text extends string | null>(text: Text): Text =>
    (text === null || context.recipients === 'plain'
      ? text
      : maskText(text, data.recipient === null ? [] : [data.recipient], [data.messageId])) as Text
  return short({
    ...data,
    recipient: recipientIn(context, data.recipient),
    error: data.error && { code: textOf(data.error.code), message: textOf(data.error.message) },
    ...('description' in data && {
      description: textOf(data.description),
      providerStatus: textOf(data.providerStatus),
    }),
  })
}

function recipientIn({ recipients, hashKey }: EventContext, recipient: string | null): string | null {
  if (recipient === null || recipients === 'plain') return recipient
  return recipients === 'masked'
    ? maskRecipient(recipient)
    : keyedHash(hashKey, 'recipient', normalizeAddress(recipient))
}

/** What names a delivery in its events, by the partition key and the prefix of its rows in the ledger. */
export const subjectOf = ({ hashKey }: Pick<EventContext, 'hashKey'>, pk: string, prefix: string): string =>
  keyedHash(hashKey, 'delivery', `${pk}\0${prefix}`)

const COUNT_DIGITS = 8

/** A history grows: its last arrival is later, or of the same moment there are more records, or its row was written once more. */
const sequenceOf = (latestAt: string, ...counts: number[]): string =>
  [latestAt, ...counts.map((count) => String(count).padStart(COUNT_DIGITS, '0'))].join('#')
