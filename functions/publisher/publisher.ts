import type { AttributeValue } from '@aws-sdk/client-dynamodb'
import type { DynamoDBRecord, DynamoDBStreamEvent } from 'aws-lambda'
import { changedEvent, type DeliveryState, overdueEvent } from '../domain/event.ts'
import { isElsewhere } from '../domain/turn.ts'
import { stateIn } from '../platform/delivery-table.ts'
import type { Telemetry } from '../platform/telemetry.ts'
import { type News, newsOf, type Telling, tell } from '../platform/telling.ts'

/** What the publisher works with. */
export interface PublisherOptions {
  events: Telling
  telemetry: Pick<Telemetry, 'followed'>
}

/** How long events are tried, in milliseconds, of the function's minute. */
const PATIENCE = 40_000

/**
 * The handler of the deliveries' stream, which has each change of a row once and in order, whoever made it: publishes where a
 * delivery stands elsewhere than before, and where it has become overdue.
 *
 * @throws Error where not all could be published, so that the batch comes again.
 */
export function createPublisher({ events, telemetry }: PublisherOptions) {
  return async ({ Records }: DynamoDBStreamEvent): Promise<void> => {
    const parked = await tell(events, Records.flatMap(newsIn), Date.now() + PATIENCE)
    if (parked > 0) telemetry.followed([], parked)
  }
}

function newsIn(change: DynamoDBRecord): News[] {
  const { NewImage, OldImage } = change.dynamodb ?? {}
  const now = stateOf(NewImage)
  if (now === undefined) return []
  const before = stateOf(OldImage)?.summary
  const { status, overdueSince } = now.summary
  const isNewlyOverdue = overdueSince !== null && (before?.overdueSince ?? null) === null
  return [
    // What is expected only has no status yet.
    ...(isElsewhere(before, now.summary) && status !== null
      ? [newsOf(change, (context) => changedEvent(context, now, before?.status ?? null))]
      : []),
    ...(isNewlyOverdue ? [newsOf(change, (context) => overdueEvent(context, now))] : []),
  ]
}

/** The delivery in an image of a row; undefined where there is none in it. */
const stateOf = (image: object | undefined): DeliveryState | undefined =>
  image && stateIn(image as Record<string, AttributeValue>)
