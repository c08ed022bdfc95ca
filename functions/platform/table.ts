import { setTimeout as sleep } from 'node:timers/promises'
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb'

/** A DynamoDB table. */
export interface Table {
  client: DynamoDBClient
  name: string
}

const DAY_SECONDS = 24 * 60 * 60

/** When what is written now expires after so many days, in seconds since 1970; undefined where it never does. */
export const expiryAfter = (days: number | undefined, now = Date.now()): number | undefined =>
  days && Math.floor(now / 1000) + days * DAY_SECONDS

/** The most that one batch request may hold, https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ql-reference.multiplestatements.batching.html */
const BATCH_SIZE = 25

/** How many batch requests are sent at the same time. */
export const CONCURRENCY = 8

/** Bytes of the rows of one request at most; one row may have up to 400 KB. */
const BATCH_BYTES = 1_000_000

/** Attempts that may fail for another reason than throttling. */
const ATTEMPTS = 4

/** Milliseconds. */
const FIRST_PAUSE = 50
const LONGEST_PAUSE = 1_000
const PATIENCE = 5_000

/** How long to go on with what is left. */
export interface Persistence<T> {
  /** After this moment, in milliseconds since 1970, nothing is tried any more; five seconds from now without. */
  deadline?: number | undefined
  /** Whether what is left was throttled, which passes: a partition takes 1,000 writes a second. */
  isThrottled?: (left: readonly T[]) => boolean
}

/**
 * Calls `step` with what is left until it leaves nothing, with pauses of random length that grow to a second: four times, and
 * while it is throttled until the deadline. Gives what was still left.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/bp-partition-key-design.html
 */
export async function untilNothingLeft<T>(
  all: T[],
  step: (left: T[]) => Promise<T[]>,
  { deadline = Date.now() + PATIENCE, isThrottled = () => false }: Persistence<T> = {},
): Promise<T[]> {
  let left = all
  for (let attempt = 0, failed = 0; left.length > 0 && failed < ATTEMPTS && Date.now() < deadline; attempt++) {
    const pause = Math.random() * Math.min(FIRST_PAUSE * 2 ** attempt, LONGEST_PAUSE)
    if (attempt > 0) await sleep(Math.min(pause, deadline - Date.now()))
    left = await step(left)
    if (!isThrottled(left)) failed++
  }
  return left
}

/** Whether an error's name, or a statement's code, says that a table is throttled. */
export const isThrottling = (code = ''): boolean => /Throttl|ThroughputExceeded|RequestLimitExceeded/.test(code)

/** The items in batches of the given size, and of so many bytes at most, a megabyte unless said, where `bytesOf` gives an item's. */
export function batchesOf<T>(
  items: readonly T[],
  size = BATCH_SIZE,
  bytesOf: (item: T) => number = () => 0,
  maxBytes = BATCH_BYTES,
): T[][] {
  const batches: T[][] = []
  let bytes = 0
  for (const item of items) {
    const batch = batches.at(-1)
    const own = bytesOf(item)
    if (batch !== undefined && batch.length < size && bytes + own <= maxBytes) {
      batch.push(item)
      bytes += own
    } else {
      batches.push([item])
      bytes = own
    }
  }
  return batches
}
