import { historyOf } from './history.ts'
import type { LedgerRow } from './key.ts'
import { standsAt } from './standing.ts'
import type { Status, StatusRecord } from './status.ts'

/** Where a delivery stands; null where nobody has reported it. */
interface Stand {
  status: Status | null
  channel: string | null
}

/** How a delivery came to stand where it does. */
export interface Turn {
  /** What had arrived by then. */
  rows: readonly LedgerRow[]
  /** Where it stood before; null where that was the first that arrived. */
  previousStatus: Status | null
}

/** A longer way back is not looked for. */
const MAX_STEPS = 200

/** Whether a delivery stands elsewhere than before. A channel that was not known before is none that it has left. */
export const isElsewhere = (before: Stand | undefined, now: Stand): boolean =>
  now.status !== (before?.status ?? null) || (before?.channel ?? now.channel) !== now.channel

/**
 * The moment since which a delivery stands where it does, by the arrival of its rows, at least one: what came later changed nothing of
 * that. Without it, an event that is published again would not be the one that was published at first.
 */
export function lastTurn(rows: readonly LedgerRow[]): Turn {
  const arrivals = [...Map.groupBy(rows, ({ record }) => record.receivedAt)]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, arrived]) => arrived)
  let now = standOf(rows)
  for (let count = arrivals.length; count > 1 && arrivals.length - count < MAX_STEPS; count--) {
    const before = standOf(arrivals.slice(0, count - 1).flat())
    if (isElsewhere(before, now)) return { rows: arrivals.slice(0, count).flat(), previousStatus: before.status }
    now = before
  }
  const isFound = arrivals.length <= MAX_STEPS
  return { rows: isFound ? (arrivals[0] ?? []) : rows, previousStatus: null }
}

const standOf = (rows: readonly LedgerRow[]): StatusRecord => standsAt(historyOf(rows)) as StatusRecord
