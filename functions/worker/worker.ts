import type { SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda'
import { type Callback, parseCallback } from '../domain/callback.ts'
import { writesOf } from '../domain/details.ts'
import { type Normalized, type Normalizer, normalize, reasonAt } from '../domain/normalizer.ts'
import type { Provider } from '../domain/provider.ts'
import { loadZone } from '../domain/timestamp.ts'
import { insertRows, type Ledger, type Row, rowOf } from '../platform/ledger.ts'
import { quarantine, quarantineId, release } from '../platform/quarantine.ts'
import type { Table } from '../platform/table.ts'
import type { Outcome, Progress, Telemetry } from '../platform/telemetry.ts'
import { EVENT_SOURCE } from './event-source.ts'

/** The dependencies of a worker. */
export interface Workshop {
  /** The whole catalogue: a provider that was just removed still has messages in the queue. */
  providers: readonly Provider[]
  /** Ids of the providers whose mappings are loaded at the start; by default all. */
  enabled?: readonly string[] | undefined
  ledger: Ledger
  quarantine: Table
  telemetry: Pick<Telemetry, 'worked'>
  /** By provider id, the IANA zone of its times that name none, where it is not the provider's own. */
  timeZones?: Record<string, string>
  /** Seconds that it has for a batch. */
  timeout?: number
}

/** Shares of a worker's time after which nothing more is tried: a last attempt may take the rest. */
const LEDGER_SHARE = 0.6
const QUARANTINE_SHARE = 0.8

/** Writes of a KB at which a group of messages ends. */
const GROUP_WRITES = 2_000

/** Characters of a message that may be a group of its own. */
const LARGE_MESSAGE = 128 * 1024

/** How the callbacks of one provider are read. */
interface Mapping {
  normalizer: Normalizer
  timeZone: string
}

/** One queue message on its way to its outcome. */
interface Job {
  message: SQSRecord
  callback: Callback
  normalized: Normalized
  /** The rows of its records, each with where it stands in the body; jobs that report the same fact share its row. */
  rows: { row: Row; path: string }[]
  /** Its rows that no earlier job has. */
  first: Row[]
  /** Why it could not be finished and goes back to the queue. */
  failure?: unknown
}

/** A message that was opened, or why it could not be. */
type Opened = Job | Pick<Job, 'message' | 'failure'>

/**
 * The handler of the queue: normalizes a batch of callbacks, stores their records, quarantines what it cannot read, and
 * returns to the queue only the messages that a temporary fault kept it from finishing.
 */
export function createWorker(workshop: Workshop) {
  const { ledger, quarantine: table, telemetry, timeout = EVENT_SOURCE.workerTimeout } = workshop
  const mappingOf = loadMappings(workshop)

  return async ({ Records }: SQSEvent): Promise<SQSBatchResponse> => {
    const start = Date.now()
    const deadline = (share: number) => start + share * timeout * 1000
    const failed: Opened[] = []
    for await (const group of groupsOf(Records, mappingOf, deadline(LEDGER_SHARE)))
      failed.push(...(await work(group, deadline)))
    return { batchItemFailures: failed.map(({ message }) => ({ itemIdentifier: message.messageId })) }
  }

  /** Finishes messages, and gives those that go back to the queue. */
  async function work(opened: Opened[], deadline: (share: number) => number): Promise<Opened[]> {
    const jobs = opened.filter((job): job is Job => 'rows' in job)

    // A callback of many records may fill its partition's second, so it comes after those of few.
    const bySize = jobs.toSorted((one, other) => one.normalized.records.length - other.normalized.records.length)
    await insertRows(ledger, share(ledger, bySize), deadline(LEDGER_SHARE))
    for (const job of jobs) job.failure = job.rows.find(({ row }) => row.fate === 'failed')?.row.cause

    // Also for those that go back to the queue, where they may stay for hours.
    const bad = jobs.filter((job) => problemsOf(job).length > 0)
    await orFail(bad, () =>
      quarantine(
        table,
        bad.map((job) => ({ callback: job.callback, reason: reasonOf(job) })),
        deadline(QUARANTINE_SHARE),
      ),
    )
    const healed = jobs.filter((job) => !job.failure && mayBeQuarantined(job) && !bad.includes(job))
    await orFail(healed, () =>
      release(
        table,
        healed.map(({ callback }) => quarantineId(callback)),
        deadline(QUARANTINE_SHARE),
      ),
    )

    const failed = opened.filter(({ failure }) => failure)
    telemetry.worked({
      outcomes: jobs.filter(({ failure }) => !failure).map(outcomeOf),
      unfinished: jobs.filter(({ failure }) => failure).map(progressOf),
      returned: failed.map(({ failure }) => failure),
    })
    return failed
  }
}

/** Loads the mappings of the enabled providers at the start, and any other when a message needs it. */
function loadMappings({ providers, enabled, timeZones = {} }: Pick<Workshop, 'providers' | 'enabled' | 'timeZones'>) {
  const loaded = new Map<string, Promise<Mapping>>()

  async function load(id: string): Promise<Mapping> {
    const provider = providers.find((provider) => provider.id === id)
    if (provider === undefined) throw new Error('expected a known provider')
    const timeZone = timeZones[id] ?? provider.timeZone
    loadZone(timeZone)
    return { normalizer: await provider.loadNormalizer(), timeZone }
  }

  function mappingOf(id: string): Promise<Mapping> {
    const mapping = loaded.get(id) ?? load(id)
    loaded.set(id, mapping)
    mapping.catch(() => loaded.delete(id))
    return mapping
  }

  for (const id of enabled ?? providers.map(({ id }) => id)) mappingOf(id)
  return mappingOf
}

/**
 * The messages, opened, in groups of which each fits into the worker's memory: one, unless some make very many records. What
 * is not reached before the deadline goes back to the queue.
 */
async function* groupsOf(
  messages: readonly SQSRecord[],
  mappingOf: (id: string) => Promise<Mapping>,
  deadline: number,
): AsyncGenerator<Opened[]> {
  let group: Opened[] = []
  let writes = 0
  const { small = [], large = [] } = Object.groupBy(messages, (message) => (isLarge(message) ? 'large' : 'small'))
  for (const message of [...small, ...large]) {
    const opened = Date.now() < deadline ? await open(message, mappingOf) : { message, failure: 'OutOfTime' }
    group.push(opened)
    if ('normalized' in opened) for (const { bytes } of opened.normalized.records) writes += writesOf(bytes)
    if (writes < GROUP_WRITES) continue
    yield group
    group = []
    writes = 0
  }
  if (group.length > 0) yield group
}

/** Whether a message is worked on after all others, which would wait for its thousands of records. */
const isLarge = ({ body }: SQSRecord): boolean => body.length > LARGE_MESSAGE || body.includes('"encoding":"gzip"')

/** Milliseconds between arrival and the entry into the queue, after which a message was not put there by a receiver. */
const LATEST_ENTRY = 60_000

/**
 * One that comes again may have been quarantined before, for a bad entry or by another version of its mapping. A redrive makes
 * a new message, received for the first time, of an old callback:
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-configure-dead-letter-queue-redrive.html
 */
const mayBeQuarantined = ({ callback, message: { attributes } }: Job): boolean =>
  callback.replay === true ||
  Number(attributes?.ApproximateReceiveCount) > 1 ||
  Number(attributes?.SentTimestamp) - Date.parse(callback.receivedAt) > LATEST_ENTRY

/** A message that is no callback of a provider that we know fails: it ends in the dead-letter queue, where it is seen. */
async function open(message: SQSRecord, mappingOf: (id: string) => Promise<Mapping>): Promise<Opened> {
  try {
    const callback = parseCallback(message.body)
    const { normalizer, timeZone } = await mappingOf(callback.provider)
    return {
      message,
      callback,
      normalized: normalize(normalizer, callback, timeZone),
      rows: [],
      first: [],
    }
  } catch (failure) {
    return { message, failure }
  }
}

/** Gives each job its rows, and all distinct rows of the batch; of equal facts, the one that arrived first is kept. */
function share(ledger: Ledger, jobs: readonly Job[]): Row[] {
  const rows = new Map<string, Row>()
  for (const { normalized, rows: shared, first } of jobs) {
    for (const { key, record, path, bytes } of normalized.records) {
      try {
        const identity = JSON.stringify(key)
        const known = rows.get(identity)
        const row = known ?? rowOf(ledger, key, record, bytes)
        if (known === undefined) first.push(row)
        else if (record.receivedAt < row.record.receivedAt) Object.assign(row, rowOf(ledger, key, record, bytes))
        rows.set(identity, row)
        shared.push({ row, path })
      } catch (error) {
        normalized.problems.push(reasonAt(path, error))
      }
    }
  }
  return [...rows.values()]
}

async function orFail(jobs: readonly Job[], step: () => Promise<void>): Promise<void> {
  if (jobs.length === 0) return
  try {
    await step()
  } catch (error) {
    for (const job of jobs) job.failure ??= error
  }
}

const problemsOf = ({ normalized, rows }: Job): string[] => [
  ...normalized.problems,
  ...rows.flatMap(({ row: { fate, cause }, path }) => (fate === 'refused' ? reasonAt(path, cause) : [])),
]

const reasonOf = (job: Job): string => problemsOf(job).join('; ')

function outcomeOf(job: Job): Outcome {
  const { normalized } = job
  const progress = { ...progressOf(job), ignored: normalized.ignored }
  if (problemsOf(job).length > 0) return { ...progress, result: 'quarantined', reason: reasonOf(job) }
  if (normalized.records.length === 0)
    return { ...progress, result: 'ignored', reason: [...new Set(normalized.ignored)].join(', ') }
  return { ...progress, result: progress.stored.length > 0 ? 'recorded' : 'duplicate' }
}

function progressOf({ callback, normalized: { records, unmapped }, first }: Job): Progress {
  const stored = first.filter(({ fate }) => fate === 'recorded').map(({ record }) => record)
  const unknown = new Set(unmapped)
  const words = stored.map(({ providerStatus }) => providerStatus).filter((word) => unknown.has(word))
  return { callback, records: records.map(({ record }) => record), stored, unmapped: words }
}
