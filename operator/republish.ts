import { setTimeout as sleep } from 'node:timers/promises'
import { type AttributeValue, ScanCommand } from '@aws-sdk/client-dynamodb'
import pMap from 'p-map'
import {
  changedEvent,
  type DeliveryState,
  type EventContext,
  type LedgerEvent,
  overdueEvent,
  recordedEvent,
} from '../functions/domain/event.ts'
import { expectationOf } from '../functions/domain/expectation.ts'
import type { Key } from '../functions/domain/key.ts'
import { short } from '../functions/domain/short.ts'
import { summaryOf } from '../functions/domain/summary.ts'
import { lastTurn } from '../functions/domain/turn.ts'
import { stateIn } from '../functions/platform/delivery-table.ts'
import { readExpectations } from '../functions/platform/expectations.ts'
import { readAll, recordIn } from '../functions/platform/history.ts'
import { itemOf } from '../functions/platform/item.ts'
import type { Outlet } from '../functions/platform/publishing.ts'
import { CONCURRENCY, type Table } from '../functions/platform/table.ts'
import { valuesOf } from '../functions/platform/values.ts'
import type { Output } from './output.ts'
import { scanAll } from './scan.ts'
import type { Target } from './target.ts'

/** Which events to publish again, and where. */
export interface RepublishOptions {
  /** Milliseconds since 1970, by when their callbacks were received, or deliveries became overdue. */
  since: number
  until?: number
  provider?: string
  /** Events a second at most. */
  rate: number
  /** The position that an earlier run printed. */
  after?: string
}

/** Where events are published again: all of them, or those that it wants. */
export interface Destination extends Outlet {
  isWanted?(event: LedgerEvent): boolean
}

/** An event in any form of recipients. */
type EventIn = (context: EventContext) => LedgerEvent

/** Rows of one request. */
const PAGE = 500

/** The most events that are published together. */
const CHUNK = 100

/** What the positions in the second table begin with. */
const DELIVERIES = 'deliveries.'

/**
 * Publishes events again, with the ids that they had at first: of each record of the ledger, and of where each delivery stands and
 * whether it is overdue. It can be interrupted at any time, and continued from the position that it prints; gives true where all of
 * them were taken.
 */
export async function republish(
  target: Target,
  destinations: readonly Destination[],
  output: Output,
  options: RepublishOptions,
): Promise<boolean> {
  const { ledger, deliveries, events } = target
  if (events === undefined) throw new Error('the stack publishes no events; set `events` of its stage, and deploy it')
  const { after, provider } = options
  const [since, until] = [options.since, options.until ?? Date.now()].map((moment) => new Date(moment).toISOString())
  const filter = (expression: string) => ({
    FilterExpression: `(attribute_not_exists(expiresAt) OR expiresAt > :now) AND ${expression}${provider ? ' AND provider = :provider' : ''}`,
    ExpressionAttributeValues: itemOf({
      ':since': since,
      ':until': until,
      ':now': Math.floor(Date.now() / 1_000),
      ...(provider && { ':provider': provider }),
    }),
  })
  const context = { stage: events.stage, hashKey: await deliveries.hashKey() }
  const teller = tellerOf(destinations, context, output, options.rate)
  const tellAll = async (
    table: Table,
    scan: { after?: string | undefined; nameOf?: (position: string) => string },
    expression: string,
    eventsOf: (row: Record<string, AttributeValue>) => Promise<EventIn[]>,
  ) =>
    scanAll(table, output, { ...scan, soFar: teller.text }, async (position, isStopped) => {
      const { Items = [], ...page } = await table.client.send(
        new ScanCommand({
          TableName: table.name,
          Limit: PAGE,
          ...filter(expression),
          ExclusiveStartKey: position && itemOf({ ...position }),
        }),
      )
      for (let begin = 0; begin < Items.length; begin += teller.chunk) {
        const rows = Items.slice(begin, begin + teller.chunk)
        await teller.tell((await pMap(rows, eventsOf, { concurrency: CONCURRENCY })).flat())
        if (isStopped()) return { scanned: begin + rows.length, next: keyOf(rows.at(-1)) }
      }
      return { scanned: page.ScannedCount ?? 0, next: keyOf(page.LastEvaluatedKey) }
    })

  const isSecond = after?.startsWith(DELIVERIES)
  let scanned = 0
  if (!isSecond)
    scanned += await tellAll(ledger, { after }, 'receivedAt BETWEEN :since AND :until', async (row) => {
      const [key, record] = [keyOf(row) as Key, recordIn(row)]
      return [(context) => recordedEvent(context, key, record)]
    })
  scanned += await tellAll(
    deliveries,
    {
      after: isSecond ? after?.slice(DELIVERIES.length) : undefined,
      nameOf: (position) => `${DELIVERIES}${position}`,
    },
    '((latestAt >= :since AND firstAt <= :until) OR overdueSince BETWEEN :since AND :until)',
    async (row) => eventsOfDelivery(target, row, since as string, until as string),
  )
  output.print(`${scanned} rows read, ${teller.text()}`)
  return teller.isWhole()
}

/** The events of where a delivery stands, as it came there, and of that it is overdue, where that was within a time. */
async function eventsOfDelivery(
  target: Target,
  row: Record<string, AttributeValue>,
  since: string,
  until: string,
): Promise<EventIn[]> {
  const state = stateIn(row)
  if (state === undefined) return []
  const { overdueSince } = state.summary
  const isOverdue = overdueSince !== null && overdueSince >= since && overdueSince <= until
  const turned = state.summary.records > 0 ? await turnOf(target, state) : undefined
  // What came after that time has been published since.
  const isChanged = turned !== undefined && turned.state.latestAt >= since && turned.state.latestAt <= until
  return [
    ...(isChanged ? [(context: EventContext) => changedEvent(context, turned.state, turned.previousStatus)] : []),
    ...(isOverdue ? [(context: EventContext) => overdueEvent(context, state)] : []),
  ]
}

/** A delivery as it was when it came to stand where it stands; undefined where its records are gone. */
async function turnOf({ ledger, deliveries }: Target, state: DeliveryState) {
  const { pk } = state.key
  const all = await readAll(ledger, pk, state.prefix)
  const record = all[0]?.record
  if (record === undefined) return undefined
  const { rows, previousStatus } = lastTurn(all)
  const expectation = expectationOf(record, await readExpectations(deliveries, pk, record.recipient))
  const { dueAt, ...own } = short(summaryOf(rows, expectation, deliveries.patience))
  const arrivals = rows.map(({ record }) => record.receivedAt).toSorted()
  const latestAt = arrivals.at(-1) ?? state.latestAt
  return { state: { ...state, latestAt, summary: { ...state.summary, ...own } }, previousStatus }
}

/** Publishes events at a rate, and counts them. */
function tellerOf(
  destinations: readonly Destination[],
  context: Omit<EventContext, 'recipients'>,
  { dryRun, printJson, print }: Output,
  rate: number,
) {
  let [told, refused, next] = [0, 0, Date.now()]
  return {
    /** How many rows are to be handled together. */
    chunk: Math.max(1, Math.min(CHUNK, Math.floor(rate / 2))),
    /** @throws Error where an outlet does not take all of them. */
    async tell(news: readonly EventIn[]) {
      if (news.length === 0) return
      if (!dryRun) await sleep(Math.max(0, next - Date.now()))
      next = Math.max(next, Date.now()) + (news.length / rate) * 1_000
      const published = await pMap(destinations, async ({ arn, recipients, isWanted = () => true, publish }) => {
        const events = news.map((eventIn) => eventIn({ ...context, recipients })).filter(isWanted)
        return { arn, events, ...(dryRun ? { left: [], refused: [] } : await publish(events)) }
      })
      for (const { arn, left } of published)
        if (left.length > 0) throw new Error(`${left.length} events were not taken by ${arn}`)
      for (const { id } of published.flatMap(({ refused }) => refused)) {
        refused++
        print(`failed: event ${id} was refused`)
      }
      const ids = new Map(published.flatMap(({ events }) => events).map((event) => [event.id, event]))
      for (const { id, type, subject } of ids.values()) printJson({ id, type, subject, published: !dryRun })
      told += ids.size
    },
    text: () =>
      `${told} events ${dryRun ? 'would be ' : ''}published${refused > 0 ? `, ${refused} of them refused` : ''}`,
    isWhole: () => refused === 0,
  }
}

const keyOf = (row: Record<string, AttributeValue> | undefined): Key | undefined => {
  if (row === undefined) return undefined
  const { pk, sk } = valuesOf(row)
  return { pk, sk }
}
