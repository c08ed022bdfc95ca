import { Duration } from 'aws-cdk-lib'
import type { IMetric } from 'aws-cdk-lib/aws-cloudwatch'
import type { Configuration } from './configuration.ts'
import type { Console } from './console.ts'
import type { Deliveries } from './deliveries.ts'
import type { Events } from './events.ts'
import type { Ingress } from './ingress.ts'
import type { LedgerTables } from './ledger-table.ts'
import type { Pipeline } from './pipeline.ts'
import type { Webhooks } from './webhooks.ts'

/** What is watched. */
export interface Watched {
  configuration: Configuration
  serviceName: string
  tables: LedgerTables
  pipeline: Pipeline
  deliveries: Deliveries
  /** Undefined where nothing is told. */
  events: Events | undefined
  /** Undefined where no endpoint is sent events. */
  webhooks: Webhooks | undefined
  ingress: Ingress
  console: Console
}

/** An alarm. */
export interface Watch {
  id: string
  metric: IMetric
  /** It goes into ALARM above it, or below it where `below` is set. */
  threshold: number
  below?: true
  /** Periods in a row. */
  periods?: number
  /** What it means, and what to do first. */
  description: string
}

/** The period of most alarms. */
export const FIVE_MINUTES = Duration.minutes(5)
