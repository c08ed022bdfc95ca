import { historyOf } from './history.ts'
import type { LedgerRow } from './key.ts'
import { standsAt } from './standing.ts'
import type { StatusRecord } from './status.ts'

/** One recipient and part of a message: where it stands, and how it came there, oldest first. */
export interface Delivery extends Pick<StatusRecord, 'recipient' | 'part' | 'channel' | 'status' | 'final'> {
  /** When it came to stand there: as the provider says, else when we received it. */
  statusAt: string
  history: StatusRecord[]
}

/** A message's rows as deliveries, in the order of the rows. */
export const deliveriesOf = (rows: readonly LedgerRow[]): Delivery[] =>
  [...Map.groupBy(rows, ({ record: { recipient, part } }) => JSON.stringify([recipient, part])).values()].map((own) =>
    deliveryOf(own),
  )

/** The delivery of some rows of one recipient and part; `all` are all rows of it, which decide where it stands. */
export function deliveryOf(rows: readonly LedgerRow[], all: readonly LedgerRow[] = rows): Delivery {
  const history = historyOf(rows)
  const { recipient, part, channel, status, final, occurredAt, receivedAt } = standsAt(
    all === rows ? history : historyOf(all),
  ) as StatusRecord
  return { recipient, part, channel, status, final, statusAt: occurredAt ?? receivedAt, history }
}
