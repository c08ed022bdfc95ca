import pMap from 'p-map'
import type { LedgerEvent, RecipientForm } from '../domain/event.ts'
import { batchesOf, CONCURRENCY, isThrottling, untilNothingLeft } from './table.ts'

/** Where events are published: a topic, or an event bus. */
export interface Outlet {
  /** A parked event is published to the outlet of the same ARN. */
  arn: string
  /** How recipients are written there. */
  recipients: RecipientForm
  /**
   * Publishes events in batches; what fails is tried again until the deadline (milliseconds since 1970). Gives the events that were
   * not taken. Never throws.
   */
  publish(events: readonly LedgerEvent[], deadline?: number): Promise<Unpublished>
}

/** What became of events that were not published. */
export interface Unpublished {
  /** Those that may be tried again. */
  left: LedgerEvent[]
  /** Some of these were throttled, which passes. */
  isThrottled: boolean
  /** Those that are not taken, however often they are tried. */
  refused: LedgerEvent[]
}

/** How one kind of outlet takes events. */
export interface Carrier<Request> {
  requestOf(event: LedgerEvent): Request
  /** What the service counts of it. */
  bytesOf(request: Request): number
  /** Sends a batch; gives what failed of it by position, also where the answer says 200. May throw. */
  send(batch: Request[]): Promise<Map<number, Failure>>
}

/** Why an event was not taken. */
interface Failure {
  cause: string
  /** It is not taken, however often it is tried. */
  isRefused: boolean
}

/** The same for both services: https://docs.aws.amazon.com/sns/latest/api/API_PublishBatch.html and
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-putevent-size.html: entries, and bytes of all of them together. */
const BATCH_SIZE = 10
const MAX_BATCH_BYTES = 250_000

/** An event as the outlet takes it, and why it did not; no failure where it did, or was not tried. */
interface Entry<Request> {
  event: LedgerEvent
  request: Request
  failure?: Failure
}

/** What `publish` of an outlet does, by the carrier of its kind. */
export async function publishBy<Request>(
  carrier: Carrier<Request>,
  events: readonly LedgerEvent[],
  deadline?: number,
): Promise<Unpublished> {
  const entries = events.map((event): Entry<Request> => ({ event, request: carrier.requestOf(event) }))
  const isThrottled = (some: readonly Entry<Request>[]) => some.some(({ failure }) => isThrottling(failure?.cause))
  const left = await untilNothingLeft(entries, (some) => publishOnce(carrier, some), { deadline, isThrottled })
  const refused = entries.filter(({ failure }) => failure?.isRefused)
  return {
    left: left.map(({ event }) => event),
    isThrottled: isThrottled(left),
    refused: refused.map(({ event }) => event),
  }
}

async function publishOnce<Request>(
  carrier: Carrier<Request>,
  entries: readonly Entry<Request>[],
): Promise<Entry<Request>[]> {
  const batches = batchesOf(entries, BATCH_SIZE, ({ request }) => carrier.bytesOf(request), MAX_BATCH_BYTES)
  return (await pMap(batches, (batch) => publishBatch(carrier, batch), { concurrency: CONCURRENCY })).flat()
}

/** Those of a batch that may be tried again. */
async function publishBatch<Request>(carrier: Carrier<Request>, batch: Entry<Request>[]): Promise<Entry<Request>[]> {
  try {
    const failures = await carrier.send(batch.map(({ request }) => request))
    for (const [index, failure] of failures) Object.assign(batch[index] ?? {}, { failure })
    return batch.filter((_, index) => failures.get(index)?.isRefused === false)
  } catch (error) {
    const failure: Failure = { cause: (error as Error).name, isRefused: isOfRequest(error) && batch.length === 1 }
    // One event can spoil the whole request: alone, each shows what it is.
    if (isOfRequest(error) && batch.length > 1)
      return (await pMap(batch, (entry) => publishBatch(carrier, [entry]))).flat()
    for (const entry of batch) entry.failure = failure
    return failure.isRefused ? [] : batch
  }
}

/** Whether an error is about what was to be published, and not about who publishes: the service says so, or the client cannot write it. */
const isOfRequest = (error: unknown): boolean =>
  error instanceof URIError ||
  /^(Invalid(?!ClientToken|Security|Signature)|Validation|BatchRequestTooLong)/.test((error as Error).name)
