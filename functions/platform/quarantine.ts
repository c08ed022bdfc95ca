import { hash } from 'node:crypto'
import { BatchWriteItemCommand, GetItemCommand, QueryCommand, type WriteRequest } from '@aws-sdk/client-dynamodb'
import { unmarshall } from '@aws-sdk/util-dynamodb'
import pMap from 'p-map'
import { type Callback, parseCallback, serializeCallback } from '../domain/callback.ts'
import { itemOf } from './item.ts'
import { batchesOf, CONCURRENCY, type Table, untilNothingLeft } from './table.ts'

/** A callback that could not be normalized, or not all of it. */
export interface Quarantined {
  id: string
  /** `path: expectation`, several joined by `; `. */
  reason: string
  callback: Callback
}

/** An item's first row, in the partition of its provider, newest last. */
interface Head {
  pk: string
  sk: string
  reason: string
  /** Seconds since 1970: the table's TTL attribute. */
  expiresAt: number
  /** The callback as a queue message, where that fits into one row. */
  message?: string
  /** How many rows, in a partition of their own, hold the message else. */
  parts?: number
}

const RETENTION_SECONDS = 90 * 24 * 60 * 60

/** A row holds up to 400 KB, names and all: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html */
const PART_BYTES = 350_000

/** No id of ours is longer. */
const MAX_ID_CHARACTERS = 200

const MAX_REASON_CHARACTERS = 2_000

/** Sorts by time of arrival, names its provider, is the same for the same request; safe in a path. */
export const quarantineId = ({ provider, receivedAt, requestId }: Callback): string =>
  `${receivedAt.replace(/\W/g, '')}-${provider}-${hash('sha256', requestId, 'hex').slice(0, 16)}`

/** Keeps callbacks for 90 days; one that is there already gets the new reason. Throws where not all could be kept. */
export async function quarantine(table: Table, items: readonly Omit<Quarantined, 'id'>[]): Promise<void> {
  const rows = items.map(({ reason, callback }) => rowsOf(callback, reason))
  // An item is seen by its head, so the head comes last.
  await write(
    table,
    rows.flatMap(({ parts }) => parts).map((Item) => ({ PutRequest: { Item: itemOf(Item) } })),
  )
  await write(
    table,
    rows.map(({ head }) => ({ PutRequest: { Item: itemOf(head) } })),
  )
}

/** Takes callbacks out again, whether they are there or not. */
export async function release(table: Table, callbacks: readonly Callback[]): Promise<void> {
  const rows = callbacks.map((callback) => rowsOf(callback, '')).flatMap(({ head, parts }) => [head, ...parts])
  await write(
    table,
    rows.map(({ pk, sk }) => ({ DeleteRequest: { Key: itemOf({ pk, sk }) } })),
  )
}

/** One item, undefined where there is none of that id. */
export async function findQuarantined(table: Table, id: string): Promise<Quarantined | undefined> {
  const [, provider = ''] = id.split('-')
  if (provider === '' || id.length > MAX_ID_CHARACTERS) return undefined
  const { Item } = await table.client.send(
    new GetItemCommand({ TableName: table.name, Key: itemOf({ pk: provider, sk: id }) }),
  )
  return Item && readItem(table, unmarshall(Item) as Head)
}

/**
 * Up to `limit` items of the given providers, newest first, older than the item `before`; `hasMore` where older ones
 * remain. A page ends early where its bodies grow past a few megabytes.
 */
export async function listQuarantined(table: Table, providers: readonly string[], limit: number, before?: string) {
  const pages = await pMap(providers, (provider) => headsOf(table, provider, limit, before), {
    concurrency: CONCURRENCY,
  })
  // Below the end of a page that is not its partition's last, items of that partition may be missing.
  const floor =
    pages
      .flatMap(({ end }) => end ?? [])
      .sort()
      .at(-1) ?? ''
  const heads = pages.flatMap((page) => page.heads).filter(({ sk }) => sk >= floor)
  const candidates = heads.sort((a, b) => (a.sk < b.sk ? 1 : -1)).slice(0, limit)
  const items: Quarantined[] = []
  let bytes = 0
  for (const head of candidates) {
    const item = await readItem(table, head)
    bytes += Buffer.byteLength(JSON.stringify(item.callback.body))
    if (bytes > MAX_PAGE_BYTES && items.length > 0) break
    items.push(item)
  }
  return { items, hasMore: floor !== '' || items.length < heads.length }
}

/** A Lambda answers with up to 6 MB, in which each quote and backslash of an item's JSON is escaped once more. */
const MAX_PAGE_BYTES = 2_500_000

async function headsOf(
  table: Table,
  provider: string,
  limit: number,
  before = '~',
): Promise<{ heads: Head[]; end: string | undefined }> {
  const { Items = [], LastEvaluatedKey } = await table.client.send(
    new QueryCommand({
      TableName: table.name,
      KeyConditionExpression: 'pk = :pk AND sk < :before',
      FilterExpression: 'expiresAt > :now',
      ExpressionAttributeValues: itemOf({
        ':pk': provider,
        ':before': before,
        ':now': now(),
      }),
      ScanIndexForward: false,
      Limit: limit,
    }),
  )
  const heads = Items.map((item) => unmarshall(item) as Head)
  const end = LastEvaluatedKey?.sk?.S
  // Some have expired and are not yet deleted: those behind them fill the page.
  if (heads.length >= limit || end === undefined) return { heads, end }
  const rest = await headsOf(table, provider, limit - heads.length, end)
  return { heads: [...heads, ...rest.heads], end: rest.end }
}

async function readItem(table: Table, { sk: id, reason, message, parts = 0 }: Head): Promise<Quarantined> {
  const text = message ?? Buffer.concat(await pMap(Array(parts).keys(), (part) => readPart(table, id, part))).toString()
  return { id, reason, callback: parseCallback(text) }
}

async function readPart(table: Table, id: string, part: number): Promise<Uint8Array> {
  const Key = itemOf({ pk: id, sk: String(part) })
  const { Item } = await table.client.send(new GetItemCommand({ TableName: table.name, Key, ConsistentRead: true }))
  return Item?.bytes?.B ?? new Uint8Array()
}

function rowsOf({ replay, ...callback }: Callback, reason: string) {
  const id = quarantineId(callback)
  const message = serializeCallback(callback)
  const bytes = Buffer.from(message)
  const expiresAt = now() + RETENTION_SECONDS
  const head: Head = { pk: callback.provider, sk: id, reason: reason.slice(0, MAX_REASON_CHARACTERS), expiresAt }
  if (bytes.length <= PART_BYTES) return { head: { ...head, message }, parts: [] }
  const count = Math.ceil(bytes.length / PART_BYTES)
  const parts = Array.from({ length: count }, (_, part) => ({
    pk: id,
    sk: String(part),
    expiresAt,
    bytes: bytes.subarray(part * PART_BYTES, (part + 1) * PART_BYTES),
  }))
  return { head: { ...head, parts: count }, parts }
}

/** Writes each row once, though the same message may have come twice; throws where rows remain unwritten. */
async function write(table: Table, requests: readonly WriteRequest[]): Promise<void> {
  const distinct = new Map(requests.map((request) => [keyOf(request), request]))
  await pMap(
    batchesOf([...distinct.values()]),
    async (batch) => {
      let cause: unknown
      const left = await untilNothingLeft(batch, async (requests) => {
        try {
          const command = new BatchWriteItemCommand({ RequestItems: { [table.name]: requests } })
          return (await table.client.send(command)).UnprocessedItems?.[table.name] ?? []
        } catch (error) {
          cause = error
          return requests
        }
      })
      if (left.length > 0) throw new Error(`${left.length} rows of the quarantine were not written`, { cause })
    },
    { concurrency: CONCURRENCY },
  )
}

/** Seconds since 1970. */
const now = (): number => Math.floor(Date.now() / 1000)

const keyOf = ({ PutRequest, DeleteRequest }: WriteRequest): string => {
  const { pk, sk } = PutRequest?.Item ?? DeleteRequest?.Key ?? {}
  return JSON.stringify([pk?.S, sk?.S])
}
