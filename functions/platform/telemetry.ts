import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics'
import type { Callback } from '../domain/callback.ts'
import type { LedgerEvent } from '../domain/event.ts'
import type { StatusRecord } from '../domain/status.ts'
import { count, countsOf, unmappedOf } from './counts.ts'
import { Problem, Stale } from './problem.ts'

/** What was stored of one callback. */
export interface Progress {
  callback: Callback
  /** Its records, new or not. */
  records: StatusRecord[]
  /** The records that the ledger did not have before. */
  stored: StatusRecord[]
  /** Provider statuses of stored records that are in no table. */
  unmapped: string[]
}

/** The outcome of one accepted callback: exactly one of four. */
export interface Outcome extends Progress {
  result: 'recorded' | 'duplicate' | 'ignored' | 'quarantined'
  /** The kinds of an ignored callback's events, the reason of a quarantined one. */
  reason?: string
  /** The kinds of events in it that are no delivery status. */
  ignored: string[]
}

/** What a worker did with one batch of queue messages. */
export interface Batch {
  outcomes: Outcome[]
  /** Callbacks that went back to the queue: the rest of their records comes with a later batch. */
  unfinished: Progress[]
  /** Why messages went back to the queue, one cause a message. */
  returned: unknown[]
}

/** What is counted and logged. No message id, recipient or key reaches a dimension or a log line. */
export interface Telemetry {
  /** A request that was not answered 2xx, with the error. */
  refused(provider: string, error: unknown): void
  /** A provider's handshake that was answered. */
  greeted(provider: string): void
  /** A finished batch. */
  worked(batch: Batch): void
  /** Deliveries that are new, or have just become overdue, and how many records of the ledger could not be followed. */
  followed(deliveries: readonly Followed[], parked?: number): void
  /** What an endpoint was sent. */
  told(sent: Sent): void
  /** Whether an endpoint is paused, once a minute. */
  kept(endpoint: string, isPaused: boolean): void
  /** An unexpected error. */
  unexpected(error: unknown): void
}

/** What became of a batch of events for an endpoint. */
export interface Sent {
  endpoint: string
  /** Those that it took. */
  told: readonly LedgerEvent[]
  /** How it answered the others, one each: an HTTP status, or a short cause. */
  failures: readonly string[]
  /** How many of the others were given up. */
  deadLettered: number
}

/** What became of one delivery. */
export interface Followed {
  /** Its name, or that of its account. */
  provider: string
  isNew: boolean
  isNewlyOverdue: boolean
}

/** The log line that names statuses without an entry in a table. */
export const UNMAPPED = 'unmapped statuses'

/** How many words one log line names. */
const MAX_WORDS = 50

const REFUSALS: Record<number, string> = { 401: 'unauthorized', 405: 'method', 413: 'size', 503: 'unavailable' }

/**
 * Metrics as EMF lines, one for each provider in a batch, and logs as JSON: what CloudWatch reads from a Lambda's output. A
 * metric costs $0.30 a month, so details (kinds, reasons, replays) stand in the line as what Logs Insights can sum up, and each
 * channel's statuses are metrics only with `statusMetrics`.
 */
export function cloudWatchTelemetry({ now = Date.now, statusMetrics = false } = {}): Telemetry & {
  /** A cold start, which took so many milliseconds. */
  started(took: number): void
} {
  const metrics = new Metrics({ namespace: 'DeliveryLedger' })

  function publish(
    dimensions: Record<string, string>,
    counts: ReadonlyMap<string, number>,
    delays: Record<string, readonly number[]>,
  ) {
    metrics.addDimensions(dimensions)
    for (const [name, times] of counts)
      if (isDetail(name)) metrics.addMetadata(name, String(times))
      else metrics.addMetric(name, MetricUnit.Count, times)
    for (const [name, values] of Object.entries(delays))
      if (values.length > 0) metrics.addMetric(name, MetricUnit.Milliseconds, Math.max(...values))
    metrics.publishStoredMetrics()
  }

  return {
    started: (took) => publish({}, new Map(), { coldStart: [took] }),

    refused(provider, error) {
      const reason = error instanceof Stale ? 'stale' : error instanceof Problem ? REFUSALS[error.status] : 'error'
      publish({ provider }, count(['refused', `refused.${reason}`]), {})
      if (error instanceof Problem && error.cause) log('ERROR', error.message, { cause: nameOf(error.cause) })
    },

    greeted: (provider) => publish({ provider }, count(['handshake']), {}),

    worked(batch) {
      for (const { dimensions, counts, delays } of countsOf(batch, now()))
        if (statusMetrics || !('channel' in dimensions)) publish(dimensions, counts, delays)
      if (batch.returned.length > 0) publish({}, new Map([['returned', batch.returned.length]]), {})
      const words = unmappedOf(batch)
      if (words.size > 0) log('WARN', UNMAPPED, { words: Object.fromEntries([...words].slice(0, MAX_WORDS)) })
      if (batch.returned.length > 0)
        log('WARN', 'messages go back to the queue', { causes: Object.fromEntries(count(batch.returned.map(nameOf))) })
    },

    followed(deliveries, parked = 0) {
      for (const [provider, own] of Map.groupBy(deliveries, ({ provider }) => provider)) {
        const names = own.flatMap(({ isNew, isNewlyOverdue }) => [
          ...(isNew ? ['deliveries'] : []),
          ...(isNewlyOverdue ? ['overdue'] : []),
        ])
        if (names.length > 0) publish({ provider }, count(names), {})
      }
      if (parked > 0) publish({}, new Map([['parked', parked]]), {})
    },

    told({ endpoint, told, failures, deadLettered }) {
      const counts = { told: told.length, failed: failures.length, deadLettered }
      const filled = Object.entries(counts).filter(([, times]) => times > 0)
      const toldAfter = told.map(({ recordedtime }) => Math.max(0, now() - Date.parse(recordedtime)))
      publish({ endpoint }, new Map(filled), { toldAfter })
      if (failures.length > 0)
        log('WARN', 'events were not taken', { endpoint, answers: Object.fromEntries(count(failures)) })
    },

    kept: (endpoint, isPaused) => publish({ endpoint }, new Map([['paused', Number(isPaused)]]), {}),

    unexpected: (error) => log('ERROR', 'unexpected', { cause: nameOf(error), frames: framesOf(error) }),
  }
}

/** Details of counts that are metrics (`ignored.reply`, `refused.unauthorized`), and results of replays. */
const isDetail = (name: string): boolean => /^(ignored|refused|replayed)\.|^replayed$/.test(name)

/** One line of JSON. Powertools' logger, which writes the same, is a tenth of a receiver's bundle. */
export const log = (level: 'INFO' | 'WARN' | 'ERROR', message: string, details: object): unknown =>
  process.stdout.write(`${JSON.stringify({ level, message, timestamp: new Date(), ...details })}\n`)

/** The name of an error, or of its cause; its message may quote what it failed on. */
function nameOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return error.cause instanceof Error ? nameOf(error.cause) : error.name
}

const framesOf = (error: unknown): string[] =>
  String((error as Error | null)?.stack)
    .match(/^\s+at .*/gm)
    ?.slice(0, 8) ?? []
