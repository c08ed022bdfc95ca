import { type AttributeValue, BatchGetItemCommand, paginateQuery } from '@aws-sdk/client-dynamodb'
import pMap from 'p-map'
import type { Key } from '../domain/key.ts'
import type { Status } from '../domain/status.ts'
import type { Summary } from '../domain/summary.ts'
import {
  campaignValue,
  failedValue,
  INDEXES,
  type IndexName,
  type Lookup,
  partitionsOf,
  recipientValue,
  referenceValue,
} from './delivery-indexes.ts'
import { type Deliveries, summaryIn } from './delivery-table.ts'
import { MAX_KEY_BYTES } from './history.ts'
import { itemOf } from './item.ts'
import { batchesOf, CONCURRENCY, untilNothingLeft } from './table.ts'

/** What deliveries are looked up by; `day` is a date in UTC (`2026-11-24`). */
export type Question =
  | { recipient: string }
  | { reference: string }
  | { campaign: string }
  | { provider: string; status: Status; day: string }
  | { overdue: true; provider: string }

/** Deliveries, newest first, and the position to go on after where there are more. */
export interface Found {
  summaries: Summary[]
  next: string | null
}

/** The stage keeps no index that would answer a question; the message says what to set. */
export class LookupOff extends Error {
  readonly lookup: Lookup | 'overdue'

  constructor(lookup: Lookup | 'overdue') {
    super(
      lookup === 'overdue'
        ? 'overdue: this look-up is off; set stages.<stage>.patience'
        : `${lookup}: this look-up is off; add "${lookup}" to stages.<stage>.lookups`,
    )
    this.lookup = lookup
  }
}

/** A position at which no page ended. */
export class NoPosition extends Error {
  constructor() {
    super('no page ended at that position')
  }
}

/** An entry of an index. */
export interface Entry extends Key {
  sort: string
  partition: string
  /** Which of the partitions of its value. */
  shard: number
}

/** Items of one request: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchGetItem.html */
const BATCH_SIZE = 100

/** An answer of a function may have 6 MB: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
const MAX_BYTES = 5_000_000

/** How many entries of a shard are read besides its share of a page: shards are about as long as each other. */
const MARGIN = 5

/**
 * The deliveries that answer a question, newest first, `limit` and about 5 MB at most, after the position where an earlier page ended. A
 * page costs what it shows, however many rows the table has.
 *
 * @throws LookupOff where the stage has no index for it; NoPosition where no page of it ended there.
 */
export async function findDeliveries(
  deliveries: Deliveries,
  question: Question,
  limit: number,
  after?: string,
): Promise<Found> {
  const { name, value } = await placeOf(deliveries, question)
  return findValue(deliveries, name, value, limit, after)
}

/** The same for a value of an index that is known already: so a recipient is looked up again that nobody names any more. */
export async function findValue(
  deliveries: Deliveries,
  name: IndexName,
  value: string,
  limit: number,
  after?: string,
): Promise<Found> {
  const entries = entriesOf(deliveries, name, value, limit, after === undefined ? undefined : parsePosition(after))
  const summaries: Summary[] = []
  let head = await entries.next()
  let last: Entry | undefined
  let bytes = 0
  while (!head.done && summaries.length < limit) {
    const chunk: Entry[] = []
    for (; !head.done && summaries.length + chunk.length < limit; head = await entries.next()) chunk.push(head.value)
    for (const [index, summary] of (await readRows(deliveries, name, chunk)).entries()) {
      bytes += summary === undefined ? 0 : bytesOf(summary)
      if (bytes > MAX_BYTES && last !== undefined) return { summaries, next: positionOf(last) }
      if (summary !== undefined) summaries.push(summary)
      last = chunk[index]
    }
  }
  return { summaries, next: head.done || last === undefined ? null : positionOf(last) }
}

/** Whether a stage has deliveries that are due at some time. */
export const canBeOverdue = ({ expectations, patience }: Pick<Deliveries, 'expectations' | 'patience'>): boolean =>
  expectations || Object.values(patience).some((hours) => hours !== null)

/** What a delivery takes up in the answer, where its JSON is inside a string. */
const bytesOf = (summary: Summary): number => Buffer.byteLength(JSON.stringify(JSON.stringify(summary)))

/** Where in which index the answers to a question are. */
async function placeOf(deliveries: Deliveries, question: Question): Promise<{ name: IndexName; value: string }> {
  const { lookups, hashKey } = deliveries
  if ('overdue' in question) {
    if (!canBeOverdue(deliveries)) throw new LookupOff('overdue')
    return { name: 'overdue', value: question.provider }
  }
  const name = lookupOf(question)
  if (!lookups.includes(name)) throw new LookupOff(name)
  if ('recipient' in question) return { name, value: recipientValue(await hashKey(), question.recipient) }
  if ('reference' in question) return { name, value: referenceValue(await hashKey(), question.reference) }
  if ('campaign' in question) return { name, value: campaignValue(await hashKey(), question.campaign) }
  // In a stage with only this look-up, no function may read the secret.
  return { name, value: failedValue(question.provider, question.status, question.day) }
}

function lookupOf(question: Exclude<Question, { overdue: true }>): Lookup {
  if ('recipient' in question) return 'recipient'
  if ('reference' in question) return 'reference'
  return 'campaign' in question ? 'campaign' : 'failed'
}

/**
 * The entries of a value, newest first; those of one moment by shard, and within a shard as the index has them: DynamoDB documents
 * no order of theirs.
 */
async function* entriesOf(
  deliveries: Deliveries,
  name: IndexName,
  value: string,
  limit: number,
  after: Position | undefined,
): AsyncGenerator<Entry> {
  const partitions = partitionsOf(name, value)
  const pageSize = Math.ceil(limit / partitions.length) + MARGIN
  const shards = partitions.map((partition, shard) => shardOf(deliveries, name, { partition, shard, pageSize }, after))
  const heads = await Promise.all(shards.map((shard) => shard.next()))
  while (true) {
    const newest = heads.flatMap(({ done, value }) => (done ? [] : [value])).reduce(newer, undefined)
    if (newest === undefined) return
    yield newest
    heads[newest.shard] = (await shards[newest.shard]?.next()) as IteratorResult<Entry>
  }
}

const newer = (a: Entry | undefined, b: Entry): Entry => (a === undefined || b.sort > a.sort ? b : a)

/** The entries of one partition, after a position. */
async function* shardOf(
  { client, name: TableName }: Deliveries,
  IndexName: IndexName,
  { partition, shard, pageSize }: { partition: string; shard: number; pageSize: number },
  after: Position | undefined,
): AsyncGenerator<Entry> {
  const { partition: partitionName, sort: sortName } = INDEXES[IndexName]
  // At the moment where the page ended, earlier shards have been shown completely, later ones not at all.
  const comparison = after !== undefined && shard < after.shard ? '<' : '<='
  const startKey = after?.shard === shard && {
    ExclusiveStartKey: itemOf({ pk: after.pk, sk: after.sk, [partitionName]: partition, [sortName]: after.sort }),
  }
  const pages = paginateQuery(
    { client, pageSize },
    {
      TableName,
      IndexName,
      KeyConditionExpression: `#partition = :partition${after === undefined ? '' : ` AND #sort ${comparison} :sort`}`,
      ExpressionAttributeNames: { '#partition': partitionName, ...(after !== undefined && { '#sort': sortName }) },
      ExpressionAttributeValues: itemOf({ ':partition': partition, ':sort': after?.sort }),
      ScanIndexForward: false,
      ...startKey,
    },
  )
  for await (const { Items = [] } of pages)
    for (const item of Items)
      yield { pk: textOf(item.pk), sk: textOf(item.sk), sort: textOf(item[sortName]), partition, shard }
}

/** The delivery of each entry; undefined where it has expired, or has left the index since that was read. */
export async function readRows(
  { client, name }: Deliveries,
  index: IndexName,
  entries: readonly Entry[],
): Promise<(Summary | undefined)[]> {
  const rows = new Map<string, Record<string, AttributeValue>>()
  await pMap(
    batchesOf(entries, BATCH_SIZE),
    async (batch) => {
      const left = await untilNothingLeft(
        // DynamoDB refuses a key twice; an entry may move in its index while it is read.
        [...new Map(batch.map(({ pk, sk }) => [`${pk}\0${sk}`, itemOf({ pk, sk })])).values()],
        async (Keys) => {
          const { Responses = {}, UnprocessedKeys = {} } = await client.send(
            // An index may be ahead of an eventually consistent read.
            new BatchGetItemCommand({ RequestItems: { [name]: { Keys, ConsistentRead: true } } }),
          )
          for (const row of Responses[name] ?? []) rows.set(nameOf(row), row)
          return UnprocessedKeys[name]?.Keys ?? []
        },
        { isThrottled: (keys) => keys.length > 0 },
      )
      if (left.length > 0) throw new Error(`${left.length} deliveries could not be read in time`)
    },
    { concurrency: CONCURRENCY },
  )
  const now = Date.now() / 1_000
  const { partition } = INDEXES[index]
  return entries.map((entry) => {
    const row = rows.get(nameOf(itemOf({ pk: entry.pk, sk: entry.sk })))
    const isCurrent = row !== undefined && textOf(row[partition]) === entry.partition
    return isCurrent && Number(row.expiresAt?.N ?? Number.POSITIVE_INFINITY) > now ? summaryIn(row) : undefined
  })
}

/** Where a page ended. */
type Position = Omit<Entry, 'partition'>

const positionOf = ({ sort, shard, pk, sk }: Position): string => JSON.stringify([sort, shard, pk, sk])

function parsePosition(text: string): Position {
  const [sort, shard, pk, sk] = partsOf(text)
  if (!isKey(sort, MAX_KEY_BYTES.sk) || !isKey(pk, MAX_KEY_BYTES.pk) || !isKey(sk, MAX_KEY_BYTES.sk))
    throw new NoPosition()
  if (!Number.isInteger(shard)) throw new NoPosition()
  return { sort, shard: shard as number, pk, sk }
}

function partsOf(text: string): unknown[] {
  try {
    const parts = JSON.parse(text)
    return Array.isArray(parts) ? parts : []
  } catch {
    return []
  }
}

/** Whether DynamoDB takes a value as a part of a key. */
const isKey = (value: unknown, maxBytes: number): value is string =>
  typeof value === 'string' && value !== '' && value.isWellFormed() && Buffer.byteLength(value) <= maxBytes

const textOf = (attribute: AttributeValue | undefined): string => attribute?.S ?? ''

const nameOf = ({ pk, sk }: Record<string, AttributeValue>): string => `${textOf(pk)}\0${textOf(sk)}`
