import type { Observations } from '../platform/observations.ts'
import type { Queue } from '../platform/queue.ts'
import type { Table } from '../platform/table.ts'
import type { Telemetry } from '../platform/telemetry.ts'

/** What the console works with. */
export interface Desk {
  /** The ids of the catalogue's providers. */
  providers: readonly string[]
  ledger: Table
  quarantine: Table
  queue: Queue
  observations: Observations
  telemetry: Pick<Telemetry, 'unexpected'>
  /** Takes a line that says who did what. */
  audit: (line: Record<string, unknown>) => void
}

/** How a widget shows who got a message. */
export interface Discretion {
  /** False where recipients are shown as they are. */
  isMasked: boolean
  nameOf: (recipient: string) => string
  /** Free text, in which recipients may stand. */
  textOf: (text: string, recipients?: readonly string[]) => string
}
