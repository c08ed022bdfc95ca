import type { Status, StatusRecord } from './status.ts'

/** One recipient and part of a message: where it stands, and how it came there, oldest first. */
export interface Delivery extends Pick<StatusRecord, 'recipient' | 'part' | 'final'> {
  status: Status
  /** When it came to stand there: as the provider says, else when we heard of it. */
  statusAt: string
  history: StatusRecord[]
}

/** Records in key order as deliveries. */
export const deliveriesOf = (records: readonly StatusRecord[]): Delivery[] =>
  [...Map.groupBy(records, ({ recipient, part }) => JSON.stringify([recipient, part])).values()].map((history) =>
    deliveryOf(history, history.at(-1) as StatusRecord),
  )

/** A delivery that stands where the given record says. */
export const deliveryOf = (
  history: StatusRecord[],
  { recipient, part, status, final, occurredAt, receivedAt }: StatusRecord,
): Delivery => ({
  recipient,
  part,
  status,
  final,
  statusAt: occurredAt ?? receivedAt,
  history,
})
