import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics'
import type { Callback } from '../domain/callback.ts'
import type { Status, StatusRecord } from '../domain/status.ts'
import { Problem } from './problem.ts'

/** What became of one accepted callback: exactly one of four. */
export interface Outcome {
  callback: Callback
  result: 'recorded' | 'duplicate' | 'ignored' | 'quarantined'
  /** The kind of an ignored event, the reason of a quarantined one. */
  reason?: string
  /** The records that it tells. */
  told: StatusRecord[]
  /** Those of them that the ledger did not have before. */
  stored: StatusRecord[]
  /** Provider statuses that are in no table. */
  unmapped: string[]
}

/** What a worker did with one batch of queue messages. */
export interface Batch {
  /** The provider of each callback that came out of the queue for the first time. */
  accepted: string[]
  outcomes: Outcome[]
  /** Why messages went back to the queue, one cause a message. */
  returned: unknown[]
}

/** What is counted and logged. No message id, recipient or key reaches a dimension or a log line. */
export interface Telemetry {
  /** A request that was not answered 2xx, with what it was answered for. */
  refused(provider: string, error: unknown): void
  /** A batch that was worked through. */
  worked(batch: Batch): void
  /** An error that nobody decided on. */
  unexpected(error: unknown): void
}

/** How many words one log line names. */
const MAX_WORDS = 50

const REFUSALS: Record<number, string> = { 401: 'unauthorized', 405: 'method', 413: 'size', 503: 'unavailable' }

/** The statuses that tell whether a message got through. */
const ENDS: Partial<Record<Status, 'arrived' | 'failed'>> = {
  delivered: 'arrived',
  rejected: 'failed',
  failed: 'failed',
  undelivered: 'failed',
  expired: 'failed',
}

/** The channels that are counted each on their own. */
const CHANNELS: ReadonlySet<string> = new Set([
  ...['sms', 'mms', 'rcs', 'voice', 'voice_sms', 'email', 'push'],
  ...['whatsapp', 'viber', 'telegram', 'messenger', 'instagram', 'line', 'apple'],
])

/** Metrics as EMF lines, one for each provider and channel in a batch, and logs as JSON: what CloudWatch reads from a Lambda's output. */
export function cloudWatchTelemetry(now = Date.now): Telemetry & {
  /** A cold start, which took so many milliseconds. */
  started(provider: string, took: number): void
} {
  const metrics = new Metrics({ namespace: 'DeliveryLedger' })

  function publish(
    dimensions: Record<string, string>,
    counted: readonly string[],
    delays: Record<string, readonly number[]> = {},
  ) {
    metrics.addDimensions(dimensions)
    for (const [name, times] of count(counted)) metrics.addMetric(name, MetricUnit.Count, times)
    for (const [name, values] of Object.entries(delays)) {
      if (values.length > 0) metrics.addMetric(name, MetricUnit.Milliseconds, Math.max(...values))
    }
    metrics.publishStoredMetrics()
  }

  return {
    started: (provider, took) => publish({ provider }, [], { coldStart: [took] }),

    refused(provider, error) {
      publish({ provider }, ['refused', `refused.${error instanceof Problem ? REFUSALS[error.status] : 'error'}`])
      if (error instanceof Problem && error.cause) log('ERROR', error.message, { cause: nameOf(error.cause) })
    },

    worked({ accepted, outcomes, returned }) {
      for (const provider of new Set([...accepted, ...outcomes.map(({ callback }) => callback.provider)])) {
        const own = outcomes.filter(({ callback }) => callback.provider === provider)
        const ownAccepted = accepted.filter((id) => id === provider).map(() => 'accepted')
        publish({ provider }, [...ownAccepted, ...own.flatMap(countedOf)], {
          providerDelay: own.flatMap(providerDelay),
          storeDelay: own.map(({ callback }) => now() - Date.parse(callback.receivedAt)),
        })
        const stored = Map.groupBy(
          own.flatMap(({ stored }) => stored),
          channelOf,
        )
        for (const [channel, records] of stored)
          publish(
            { provider, channel },
            records.map(({ status }) => `status.${status}`),
          )
      }
      const unmapped = outcomes.flatMap(({ callback, unmapped }) =>
        unmapped.map((word) => `${callback.provider} ${printable(word)}`),
      )
      if (unmapped.length > 0)
        log('WARN', 'unmapped statuses', { words: Object.fromEntries([...count(unmapped)].slice(0, MAX_WORDS)) })
      if (returned.length > 0)
        log('WARN', 'messages go back to the queue', { causes: Object.fromEntries(count(returned.map(nameOf))) })
    },

    unexpected: (error) => log('ERROR', 'unexpected', { cause: nameOf(error), frames: framesOf(error) }),
  }
}

/** One line of JSON. Powertools' logger, which writes the same, is a tenth of a receiver's bundle. */
const log = (level: 'WARN' | 'ERROR', message: string, details: object) =>
  process.stdout.write(`${JSON.stringify({ level, message, timestamp: new Date(), ...details })}\n`)

const countedOf = ({ result, reason, stored, unmapped }: Outcome): string[] => [
  result,
  ...(result === 'ignored' ? [`ignored.${reason}`] : []),
  ...unmapped.map(() => 'unmapped'),
  ...stored.flatMap(({ status }) => ENDS[status] ?? []),
]

/** A record's channel as a dimension; each costs money, so what a provider may invent shares one. */
const channelOf = ({ channel }: StatusRecord): string =>
  channel === null || CHANNELS.has(channel) ? `${channel}` : 'other'

/** From the newest moment that a callback told to its arrival, in milliseconds. */
function providerDelay({ callback, stored }: Outcome): number[] {
  const times = stored.flatMap(({ occurredAt }) => (occurredAt === null ? [] : [Date.parse(occurredAt)]))
  return times.length > 0 ? [Date.parse(callback.receivedAt) - Math.max(...times)] : []
}

const count = (names: readonly string[]): Map<string, number> =>
  names.reduce((counts, name) => counts.set(name, (counts.get(name) ?? 0) + 1), new Map<string, number>())

/** A status word as it may be logged: what could be an address or an id is withheld. */
const printable = (word: string): string =>
  /^[\w -]{1,40}$/.test(word) && word.replace(/\D/g, '').length < 6 ? word : '(withheld)'

/** The name of an error, or of its cause; its message may quote what it failed on. */
function nameOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return error.cause instanceof Error ? nameOf(error.cause) : error.name
}

const framesOf = (error: unknown): string[] =>
  (error instanceof Error && error.stack ? error.stack.split('\n') : [])
    .filter((line) => /^\s+at /.test(line))
    .slice(0, 8)
