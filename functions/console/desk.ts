import type { Deliveries } from '../platform/delivery-table.ts'
import type { Observations } from '../platform/observations.ts'
import type { Queue } from '../platform/queue.ts'
import type { Table } from '../platform/table.ts'
import type { Telemetry } from '../platform/telemetry.ts'

/** The dependencies of the console. */
export interface Desk {
  /** The ids of the catalogue's providers. */
  providers: readonly string[]
  /** The names of the providers, and accounts, from which the stage receives callbacks; by default all providers. */
  enabled?: readonly string[]
  ledger: Table
  deliveries: Deliveries
  quarantine: Table
  queue: Queue
  observations: Observations
  /** The endpoints that are sent events, with the table of their states; undefined where the stage has none. */
  webhooks?: DeskWebhooks | undefined
  /** What to do where no callback has been received yet: a sentence or two. */
  firstStep: string
  telemetry: Pick<Telemetry, 'unexpected'>
  /** Takes a line that says what was done. */
  audit: (line: Record<string, unknown>) => void
}

/** What the console knows of webhooks. */
export interface DeskWebhooks {
  table: Table
  endpoints: readonly { name: string; queue: Queue; deadLetters: Queue }[]
}

/** The names under which messages are kept: of all providers, and of the stage's accounts. */
export const sourcesOf = ({ providers, enabled = [] }: Desk): string[] => [...new Set([...providers, ...enabled])]

/** How a widget shows recipients. */
export interface Discretion {
  /** False where recipients are shown as they are. */
  isMasked: boolean
  nameOf: (recipient: string) => string
  /** Free text, which may contain recipients; ids of messages in it are never masked. */
  textOf: (text: string, recipients?: readonly string[], ids?: readonly string[]) => string
}
