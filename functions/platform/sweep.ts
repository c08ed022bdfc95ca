import { type AttributeValue, GetItemCommand, paginateQuery } from '@aws-sdk/client-dynamodb'
import pMap from 'p-map'
import type { Summary } from '../domain/summary.ts'
import { INDEXES, openValue, partitionsOf } from './delivery-indexes.ts'
import { itemOf } from './item.ts'
import { markOverdue } from './overdue.ts'
import { batchesOf, CONCURRENCY, type Table } from './table.ts'
import { updateIf } from './update.ts'

/** Where the last sweep ended is kept in the table itself. */
const MARK = { pk: 'sweep', sk: 'mark' }

/** Milliseconds. */
const HOUR = 3_600_000

/** An index is a moment behind its table: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/GSI.html */
const OVERLAP = 60_000

const { partition, sort } = INDEXES.open

type Row = Record<string, AttributeValue>

/**
 * Marks what has become overdue since the last sweep, however long ago that was; `onOverdue` gets each delivery once. What is marked
 * leaves the index, so that a sweep that ends early, at its deadline or by an error, leaves the rest to the next one.
 *
 * @throws where the table cannot be reached.
 */
export async function sweep(
  table: Table,
  onOverdue: (delivery: Summary) => void,
  { now = Date.now(), deadline = Number.POSITIVE_INFINITY } = {},
): Promise<void> {
  const mark = (await readMark(table)) ?? now - HOUR
  let end: number
  for (let start = mark - OVERLAP; start < now; start = end) {
    end = Math.min(now, (Math.floor(start / HOUR) + 1) * HOUR)
    const partitions = partitionsOf('open', openValue(textOf(start)))
    const window = { start, end, now, deadline, onOverdue }
    const sweepOne = (value: string) => sweepPartition(table, value, window)
    await pMap(partitions, sweepOne, { concurrency: CONCURRENCY })
    if (Date.now() >= deadline) return
    await writeMark(table, end)
  }
}

async function sweepPartition(
  table: Table,
  value: string,
  {
    start,
    end,
    now,
    deadline,
    onOverdue,
  }: { start: number; end: number; now: number; deadline: number; onOverdue: (delivery: Summary) => void },
): Promise<void> {
  const pages = paginateQuery(
    { client: table.client },
    {
      TableName: table.name,
      IndexName: 'open',
      KeyConditionExpression: `${partition} = :value AND ${sort} BETWEEN :start AND :end`,
      ExpressionAttributeValues: itemOf({ ':value': value, ':start': textOf(start), ':end': textOf(end) }),
    },
  )
  for await (const { Items = [] } of pages)
    for (const batch of batchesOf(Items)) {
      if (Date.now() >= deadline) return
      const mark = ({ pk, sk }: Row) => markOverdue(table, { pk: pk?.S ?? '', sk: sk?.S ?? '' }, now)
      const marked = await pMap(batch, mark, { concurrency: CONCURRENCY })
      for (const delivery of marked) if (delivery !== undefined) onOverdue(delivery)
    }
}

async function readMark({ client, name }: Table): Promise<number | undefined> {
  const { Item } = await client.send(new GetItemCommand({ TableName: name, Key: itemOf(MARK), ConsistentRead: true }))
  return Item?.sweptUntil?.S === undefined ? undefined : Date.parse(Item.sweptUntil.S)
}

/** Of two sweeps at once the later mark stays. */
const writeMark = ({ client, name }: Table, moment: number) =>
  updateIf(client, {
    TableName: name,
    Key: itemOf(MARK),
    ConditionExpression: 'attribute_not_exists(sweptUntil) OR sweptUntil < :sweptUntil',
    UpdateExpression: 'SET sweptUntil = :sweptUntil',
    ExpressionAttributeValues: itemOf({ ':sweptUntil': textOf(moment) }),
  })

const textOf = (moment: number): string => new Date(moment).toISOString()
