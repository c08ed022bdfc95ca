import type { DynamoDBRecord, DynamoDBStreamEvent } from 'aws-lambda'
import type { Key } from '../domain/key.ts'
import type { Deliveries } from '../platform/delivery-table.ts'
import { follow } from '../platform/follow.ts'
import { park } from '../platform/parking.ts'
import { followedOf } from '../platform/projection.ts'
import type { Queue } from '../platform/queue.ts'
import type { Table } from '../platform/table.ts'
import type { Telemetry } from '../platform/telemetry.ts'

/** What the follower works with. */
export interface FollowerOptions {
  ledger: Table
  deliveries: Deliveries
  /** Where the keys of rows go that it cannot handle. */
  parked: Queue
  telemetry: Pick<Telemetry, 'followed' | 'unexpected'>
}

/** How long rows are tried, in milliseconds: the rest of the function's minute is for parking what is left. */
const PATIENCE = 40_000

/**
 * The handler of the ledger's stream: brings the delivery of each new row up to date. What cannot be handled is parked by its key,
 * and the rest goes on: a batch fails only where not even that is possible.
 */
export function createFollower({ ledger, deliveries, parked, telemetry }: FollowerOptions) {
  return async ({ Records }: DynamoDBStreamEvent): Promise<void> => {
    const { projected, failed } = await follow(deliveries, ledger, insertedIn(Records), Date.now() + PATIENCE)
    if (failed.length > 0) {
      telemetry.unexpected(failed.find(({ cause }) => cause !== undefined)?.cause)
      await park(
        parked,
        failed.map(({ key }) => key),
      )
    }
    telemetry.followed(projected.map(followedOf), failed.length)
  }
}

/** The keys of new rows. */
const insertedIn = (records: readonly DynamoDBRecord[]): Key[] =>
  records.flatMap(({ eventName, dynamodb: { Keys } = {} }) =>
    eventName === 'INSERT' && Keys?.pk?.S && Keys.sk?.S ? [{ pk: Keys.pk.S, sk: Keys.sk.S }] : [],
  )
