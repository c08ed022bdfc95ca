import { type LedgerRow, providerOrderIn } from './key.ts'
import { STATUSES, type StatusRecord } from './status.ts'

/** A row, and the provider's own order of it. */
interface Placed extends LedgerRow {
  providerOrder: number | null
}

/**
 * The records of one delivery, oldest first, whatever the order in which their rows are given: by time; where that is equal
 * or missing, by the provider's own order where both have one, else by rank. A record without a time stands before the first
 * that comes after it by order.
 */
export function historyOf(rows: readonly LedgerRow[]): StatusRecord[] {
  const placed = rows
    .map((row): Placed => ({ ...row, providerOrder: providerOrderIn(row.sk) }))
    .sort((a, b) => (a.sk < b.sk ? -1 : 1))
  const moments = Map.groupBy(placed, ({ record }) => record.occurredAt)
  const timeless = byOrder(moments.get(null) ?? [])
  moments.delete(null)
  return insertInto([...moments.values()].flatMap(byOrder), timeless).map(({ record }) => record)
}

/** Rows of one moment, given by their sort keys: those that have the provider's order by it, the others among them by rank. */
function byOrder(rows: readonly Placed[]): Placed[] {
  const ordered = rows.filter(({ providerOrder }) => providerOrder !== null)
  const others = rows.filter(({ providerOrder }) => providerOrder === null)
  return insertInto(ordered, others.sort(compare))
}

/** Puts each row before the first of `others` that comes after it by order, else at the end. */
function insertInto(others: readonly Placed[], rows: readonly Placed[]): Placed[] {
  const before = Map.groupBy(rows, (row) => {
    const index = others.findIndex((other) => compare(row, other) < 0)
    return index < 0 ? others.length : index
  })
  return [
    ...others.flatMap((other, index) => [...(before.get(index) ?? []), other]),
    ...(before.get(others.length) ?? []),
  ]
}

/** By the provider's own order where both have one, else by rank. */
const compare = (a: Placed, b: Placed): number =>
  a.providerOrder !== null && b.providerOrder !== null
    ? a.providerOrder - b.providerOrder
    : STATUSES[a.record.status].rank - STATUSES[b.record.status].rank
