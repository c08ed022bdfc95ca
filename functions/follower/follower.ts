import type { DynamoDBRecord, DynamoDBStreamEvent } from 'aws-lambda'
import pMap from 'p-map'
import { deliveryPrefixIn, type Key } from '../domain/key.ts'
import type { Deliveries } from '../platform/delivery-table.ts'
import { park } from '../platform/parking.ts'
import { followedOf, type Projected, project } from '../platform/projection.ts'
import type { Queue } from '../platform/queue.ts'
import { CONCURRENCY, isThrottling, type Table, untilNothingLeft } from '../platform/table.ts'
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
    const projected: Projected[] = []
    const causes = new Map<Key, Error>()
    const follow = async (key: Key): Promise<Key[]> => {
      try {
        const delivery = await project(deliveries, ledger, key)
        if (delivery !== undefined) projected.push(delivery)
        return []
      } catch (error) {
        causes.set(key, error as Error)
        return [key]
      }
    }
    const left = await untilNothingLeft(
      deliveriesIn(Records),
      async (keys) => (await pMap(keys, follow, { concurrency: CONCURRENCY })).flat(),
      {
        deadline: Date.now() + PATIENCE,
        isThrottled: (keys) => keys.some((key) => isThrottling(causes.get(key)?.name)),
      },
    )
    if (left.length > 0) {
      telemetry.unexpected(left.map((key) => causes.get(key)).find(Boolean))
      await park(parked, left)
    }
    telemetry.followed(projected.map(followedOf), left.length)
  }
}

/** A key of each delivery that has new rows. */
function deliveriesIn(records: readonly DynamoDBRecord[]): Key[] {
  const inserted = records.flatMap(({ eventName, dynamodb: { Keys } = {} }): Key[] =>
    eventName === 'INSERT' && Keys?.pk?.S && Keys.sk?.S ? [{ pk: Keys.pk.S, sk: Keys.sk.S }] : [],
  )
  return [...new Map(inserted.map((key) => [`${key.pk}\0${deliveryPrefixIn(key.sk)}`, key])).values()]
}
