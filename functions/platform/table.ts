import { setTimeout as sleep } from 'node:timers/promises'
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb'

/** A DynamoDB table. */
export interface Table {
  client: DynamoDBClient
  name: string
}

/** The most that one batch request may hold, https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ql-reference.multiplestatements.batching.html */
const BATCH_SIZE = 25

/** How many batch requests are under way at once. */
export const CONCURRENCY = 8

const ATTEMPTS = 4
const FIRST_PAUSE = 50

/**
 * Calls `step` with what is left until it leaves nothing or has been called four times, with growing pauses of random
 * length; gives what was still left.
 */
export async function untilNothingLeft<T>(all: T[], step: (left: T[]) => Promise<T[]>): Promise<T[]> {
  let left = all
  for (let attempt = 0; attempt < ATTEMPTS && left.length > 0; attempt++) {
    if (attempt > 0) await sleep(Math.random() * FIRST_PAUSE * 2 ** attempt)
    left = await step(left)
  }
  return left
}

/** The items in batches of the given size. */
export const batchesOf = <T>(items: readonly T[], size = BATCH_SIZE): T[][] =>
  Array.from({ length: Math.ceil(items.length / size) }, (_, index) => items.slice(index * size, (index + 1) * size))
