import canonicalize from 'canonicalize'
import type { DeliveryData, LedgerEvent, RecordData } from '../functions/domain/event.ts'
import type { KeptDelivery, KeptRow } from './oracle.ts'
import type { Told } from './topic.ts'
import { differences, some } from './violations.ts'

/** Both are told at least once: each fact, and nothing else, and where each delivery stands in the end. */
export function toldViolations({
  rows,
  deliveries,
  told,
}: {
  rows: readonly KeptRow[]
  deliveries: readonly KeptDelivery[]
  told: readonly Told[]
}): string[] {
  const events = told.map(({ event }) => event)
  const byId = Map.groupBy(events, ({ id }) => id)
  const different = [...byId].filter(([, repeats]) => new Set(repeats.map((one) => factOf(one))).size > 1)
  const recorded = [...byId.values()].flatMap(([event]) => (isOf(event, 'status.recorded') ? [event] : []))
  const found = countsOf(recorded.map(({ data }) => nameOf(data as RecordData)))
  const right = countsOf(rows.map(nameOf))
  return [
    ...some(
      'topic: one id, two events',
      different.map(([id]) => id),
    ),
    ...differences('topic: facts', new Set(found), new Set(right)),
    ...differences('topic: where deliveries stand', new Set(newest(events)), new Set(deliveries.map(standOf))),
  ]
}

/** What makes a fact, of what an event has of it: without its details two may look alike, so they are counted. */
const nameOf = ({ provider, messageId, recipient, part, channel, occurredAt, status, receivedAt }: NamedFact): string =>
  JSON.stringify([provider, messageId, recipient, part, channel, occurredAt, status, receivedAt])

type NamedFact = Pick<
  RecordData,
  'provider' | 'messageId' | 'recipient' | 'part' | 'channel' | 'occurredAt' | 'status' | 'receivedAt'
>

const countsOf = (names: readonly string[]): string[] =>
  [...Map.groupBy(names, (name) => name)].map(([name, all]) => `${all.length} times ${name}`)

const isOf = (event: LedgerEvent | undefined, type: string): event is LedgerEvent =>
  event?.type === `delivery-ledger.${type}`

/** A repeat may have been made after its row was written once more; the members of a map in DynamoDB have no order. */
const factOf = ({ sequence, ...event }: LedgerEvent): string => canonicalize(event) as string

/** The last of the changes of each delivery, by sequence. */
const newest = (events: readonly LedgerEvent[]): string[] =>
  [
    ...Map.groupBy(
      events.filter((event) => isOf(event, 'delivery.changed')),
      ({ subject }) => subject,
    ).values(),
  ].map((changes) => standOf(changes.reduce((a, b) => (a.sequence >= b.sequence ? a : b)).data as DeliveryData))

const standOf = ({
  provider,
  messageId,
  recipient = null,
  part = null,
  status,
}: Partial<Pick<DeliveryData, 'provider' | 'messageId' | 'recipient' | 'part' | 'status'>>): string =>
  JSON.stringify([provider, messageId, recipient, part, status])
