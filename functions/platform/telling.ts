import type { DynamoDBRecord } from 'aws-lambda'
import type { LedgerEvent } from '../domain/event.ts'
import { park } from './parking.ts'
import type { Queue } from './queue.ts'
import { publish, type Topic } from './topic.ts'

/** Where events go, and where those go that cannot. */
export interface Outlet {
  topic: Topic
  parked: Queue
}

/** An event, and when what it is about was written, in milliseconds since 1970. */
export interface News {
  event: LedgerEvent
  writtenAt: number
}

/** An event of a change in a stream. */
export const newsOf = ({ dynamodb }: DynamoDBRecord, event: LedgerEvent): News => ({
  event,
  writtenAt: (dynamodb?.ApproximateCreationDateTime ?? 0) * 1_000,
})

/** How long an event is tried again and again, in milliseconds: a stream has it for a day. */
const PATIENCE = 12 * 3_600_000

/**
 * Publishes events of a batch of a stream until the deadline (milliseconds since 1970); gives how many were parked, since the topic
 * refuses them, or could not be reached for half a day.
 *
 * @throws Error where others were not published, or not parked, so that the batch comes again.
 */
export async function tell({ topic, parked }: Outlet, news: readonly News[], deadline: number): Promise<number> {
  const events = news.map(({ event }) => event)
  const { left, refused } = await publish(topic, events, deadline)
  const writtenAt = new Map(news.map((one) => [one.event, one.writtenAt]))
  const late = left.filter((event) => Date.now() - (writtenAt.get(event) ?? 0) > PATIENCE)
  if (late.length < left.length) throw new Error(`${left.length} events were not published`)
  const all = [...refused, ...late]
  await park(
    parked,
    all.map((event) => ({ event })),
  )
  return all.length
}
