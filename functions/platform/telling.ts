import type { DynamoDBRecord } from 'aws-lambda'
import type { EventContext, LedgerEvent } from '../domain/event.ts'
import { park } from './parking.ts'
import type { Outlet } from './publishing.ts'
import type { Queue } from './queue.ts'

/** What all events of a stage have in common, in whatever form recipients are written. */
type StageContext = Omit<EventContext, 'recipients'>

/** Where events go, and where those go that cannot. */
export interface Telling {
  /** Each takes every event. */
  outlets: readonly Outlet[]
  parked: Queue
  context(): Promise<StageContext>
}

/** A change that is to be told. */
export interface News {
  eventIn(context: EventContext): LedgerEvent
  /** When it was written, in milliseconds since 1970. */
  writtenAt: number
}

/** A change in a stream, as the event of it. */
export const newsOf = ({ dynamodb }: DynamoDBRecord, eventIn: News['eventIn']): News => ({
  eventIn,
  writtenAt: (dynamodb?.ApproximateCreationDateTime ?? 0) * 1_000,
})

/** How long an event is tried again and again, in milliseconds: a stream has it for a day. */
const PATIENCE = 12 * 3_600_000

/**
 * Publishes what a batch of a stream is about to each outlet until the deadline (milliseconds since 1970); gives how many events were
 * parked: an outlet refuses them, could not be reached for half a day, or cannot be reached while another can, which is not to wait.
 *
 * @throws Error where others were not published, or not parked, so that the batch comes again.
 */
export async function tell(
  { outlets, parked, context }: Telling,
  news: readonly News[],
  deadline: number,
): Promise<number> {
  const known = await context()
  const told = await Promise.all(outlets.map((outlet) => tellOne(outlet, known, news, deadline)))
  const isAnyWhole = told.some(({ left }) => left.length === 0)
  const given = told.map(({ left, late, isThrottled, ...one }) => {
    const isGivenUp = isAnyWhole && !isThrottled
    return { ...one, waiting: isGivenUp ? 0 : left.length - late.length, events: isGivenUp ? left : late }
  })
  const waiting = given.reduce((sum, { waiting }) => sum + waiting, 0)
  if (waiting > 0) throw new Error(`${waiting} events were not published`)
  const all = given.flatMap(({ outlet, refused, events }) =>
    [...refused, ...events].map((event) => ({ event, outlet })),
  )
  await park(parked, all)
  return all.length
}

async function tellOne(
  { arn, recipients, publish }: Outlet,
  context: StageContext,
  news: readonly News[],
  deadline: number,
) {
  const writtenAt = new Map(news.map((one) => [one.eventIn({ ...context, recipients }), one.writtenAt]))
  const { left, ...others } = await publish([...writtenAt.keys()], deadline)
  const late = left.filter((event) => Date.now() - (writtenAt.get(event) ?? 0) > PATIENCE)
  return { outlet: arn, left, late, ...others }
}
