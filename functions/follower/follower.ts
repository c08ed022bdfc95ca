import type { AttributeValue } from '@aws-sdk/client-dynamodb'
import type { DynamoDBRecord, DynamoDBStreamEvent } from 'aws-lambda'
import { type EventContext, recordedEvent } from '../domain/event.ts'
import type { Key } from '../domain/key.ts'
import type { Deliveries } from '../platform/delivery-table.ts'
import { follow } from '../platform/follow.ts'
import { recordIn } from '../platform/history.ts'
import { park } from '../platform/parking.ts'
import { followedOf } from '../platform/projection.ts'
import type { Queue } from '../platform/queue.ts'
import type { Table } from '../platform/table.ts'
import type { Telemetry } from '../platform/telemetry.ts'
import { newsOf, tell } from '../platform/telling.ts'
import type { Topic } from '../platform/topic.ts'

/** What the follower works with. */
export interface FollowerOptions {
  ledger: Table
  deliveries: Deliveries
  /** Where the keys of rows go that it cannot handle. */
  parked: Queue
  /** Where each new record is told; nowhere without. */
  events?: { topic: Topic; context(): Promise<EventContext> } | undefined
  telemetry: Pick<Telemetry, 'followed' | 'unexpected'>
}

/** How long rows are tried, and then events, in milliseconds: the rest of the function's minute is for parking what is left. */
const PATIENCE = { rows: 30_000, events: 15_000 }

/**
 * The handler of the ledger's stream: brings the delivery of each new row up to date, and tells the topic of the row. What cannot be
 * handled is parked by its key, and the rest goes on: a batch fails only where not even that is possible, or the topic is away.
 */
export function createFollower({ ledger, deliveries, parked, events, telemetry }: FollowerOptions) {
  return async ({ Records }: DynamoDBStreamEvent): Promise<void> => {
    const { projected, failed } = await follow(deliveries, ledger, Records.flatMap(keysIn), Date.now() + PATIENCE.rows)
    if (failed.length > 0) {
      telemetry.unexpected(failed.find(({ cause }) => cause !== undefined)?.cause)
      await park(
        parked,
        failed.map(({ key }) => ({ key })),
      )
    }
    // Before the topic, whose failure brings the batch again: by then nothing is new.
    telemetry.followed(projected.map(followedOf), failed.length)
    const late = events === undefined ? 0 : await tellOf(Records, events)
    if (late > 0) telemetry.followed([], late)
  }

  async function tellOf(
    records: readonly DynamoDBRecord[],
    { topic, context }: NonNullable<FollowerOptions['events']>,
  ) {
    const known = await context()
    const news = records.flatMap((record) => keysIn(record).map((key) => newsOf(record, eventOf(known, key, record))))
    return tell({ topic, parked }, news, Date.now() + PATIENCE.events)
  }
}

const eventOf = (context: EventContext, key: Key, { dynamodb }: DynamoDBRecord) =>
  recordedEvent(context, key, recordIn(dynamodb?.NewImage as Record<string, AttributeValue>))

/** The key of a new row; none of any other change. */
const keysIn = ({ eventName, dynamodb: { Keys } = {} }: DynamoDBRecord): Key[] =>
  eventName === 'INSERT' && Keys?.pk?.S && Keys.sk?.S ? [{ pk: Keys.pk.S, sk: Keys.sk.S }] : []
