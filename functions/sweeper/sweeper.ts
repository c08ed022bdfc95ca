import { sourceName } from '../domain/source.ts'
import type { Summary } from '../domain/summary.ts'
import { sweep } from '../platform/sweep.ts'
import type { Table } from '../platform/table.ts'
import type { Telemetry } from '../platform/telemetry.ts'

/** What the sweeper works with. */
export interface SweeperOptions {
  deliveries: Table
  telemetry: Pick<Telemetry, 'followed'>
}

/** How long a sweep goes on, in milliseconds: the rest of the function's time is for unfinished writes. */
const PATIENCE = 45_000

/** The handler of the schedule: marks deliveries that have become overdue, and counts them, also where the sweep then fails. */
export function createSweeper({ deliveries, telemetry }: SweeperOptions) {
  return async (): Promise<void> => {
    const overdue: Summary[] = []
    try {
      await sweep(deliveries, (delivery) => overdue.push(delivery), { deadline: Date.now() + PATIENCE })
    } finally {
      telemetry.followed(
        overdue.map((summary) => ({ provider: sourceName(summary), isNew: false, isNewlyOverdue: true })),
      )
    }
  }
}
