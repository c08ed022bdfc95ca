import type { AttributeValue } from '@aws-sdk/client-dynamodb'
import type { DynamoDBRecord, DynamoDBStreamEvent } from 'aws-lambda'
import { recordedEvent } from '../domain/event.ts'
import type { Key } from '../domain/key.ts'
import type { Deliveries } from '../platform/delivery-table.ts'
import { follow } from '../platform/follow.ts'
import { recordIn } from '../platform/history.ts'
import { park } from '../platform/parking.ts'
import { followedOf } from '../platform/projection.ts'
import type { Queue } from '../platform/queue.ts'
import type { Table } from '../platform/table.ts'
import type { Telemetry } from '../platform/telemetry.ts'
import { type News, newsOf, type Telling, tell } from '../platform/telling.ts'

/** What the follower works with. */
export interface FollowerOptions {
  ledger: Table
  deliveries: Deliveries
  /** Where the keys of rows go that it cannot handle. */
  parked: Queue
  /** Where each new record is told; nowhere without. */
  events?: Telling | undefined
  telemetry: Pick<Telemetry, 'followed' | 'unexpected'>
}

/** How long rows and events are tried, in milliseconds: the rest of the function's minute is for parking what is left. */
const PATIENCE = { rows: 30_000, events: 30_000 }

/**
 * The handler of the ledger's stream: brings the delivery of each new row up to date, and publishes the row. What cannot be handled is
 * parked by its key, and the rest goes on: a batch fails only where not even that is possible, or nothing can be published.
 */
export function createFollower({ ledger, deliveries, parked, events, telemetry }: FollowerOptions) {
  return async ({ Records }: DynamoDBStreamEvent): Promise<void> => {
    // Side by side: the event of a record does not wait for its delivery.
    const [kept, told] = await Promise.allSettled([
      keep(Records),
      events && tell(events, Records.flatMap(newsIn), Date.now() + PATIENCE.events),
    ])
    for (const one of [kept, told]) if (one.status === 'rejected') throw one.reason
    if (told.status === 'fulfilled' && told.value) telemetry.followed([], told.value)
  }

  async function keep(Records: readonly DynamoDBRecord[]): Promise<void> {
    const { projected, failed } = await follow(deliveries, ledger, Records.flatMap(keysIn), Date.now() + PATIENCE.rows)
    if (failed.length > 0) {
      telemetry.unexpected(failed.find(({ cause }) => cause !== undefined)?.cause)
      await park(
        parked,
        failed.map(({ key }) => ({ key })),
      )
    }
    // Also where the batch comes again because of its events: by then nothing is new.
    telemetry.followed(projected.map(followedOf), failed.length)
  }
}

const newsIn = (change: DynamoDBRecord): News[] =>
  keysIn(change).map((key) => {
    const record = recordIn(change.dynamodb?.NewImage as Record<string, AttributeValue>)
    return newsOf(change, (context) => recordedEvent(context, key, record))
  })

/** The key of a new row; none of any other change. */
const keysIn = ({ eventName, dynamodb: { Keys } = {} }: DynamoDBRecord): Key[] =>
  eventName === 'INSERT' && Keys?.pk?.S && Keys.sk?.S ? [{ pk: Keys.pk.S, sk: Keys.sk.S }] : []
