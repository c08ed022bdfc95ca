import { randomBytes } from 'node:crypto'
import { BatchWriteItemCommand, paginateQuery, type WriteRequest } from '@aws-sdk/client-dynamodb'
import pMap from 'p-map'
import { type Callback, parseCallback, serializeCallback } from '../domain/callback.ts'
import { itemOf } from './item.ts'
import { batchesOf, CONCURRENCY, isThrottling, type Table, untilNothingLeft } from './table.ts'

/** Where the text of a quarantined callback is kept: in rows of a partition of its own. */
export interface Body {
  /** The partition: a new one with each write, so that deleting an older text cannot delete a newer one. */
  key: string
  /** How many rows. */
  parts: number
  /** The sum over all rows. */
  bytes: number
  /** What the callback's own body takes in an answer. */
  answerBytes: number
}

interface Part {
  pk: string
  sk: string
  bytes: Uint8Array
  /** Seconds since 1970: the table's TTL attribute. */
  expiresAt: number
}

/** A row holds up to 400 KB, names and all: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html */
const PART_BYTES = 350_000

/** A callback's text as rows, and where they will be. */
export function bodyOf(id: string, callback: Callback, expiresAt: number): { body: Body; parts: Part[] } {
  const key = `${id}#${randomBytes(8).toString('hex')}`
  const bytes = Buffer.from(serializeCallback(callback))
  const parts = Array.from({ length: Math.ceil(bytes.length / PART_BYTES) }, (_, part) => ({
    pk: key,
    sk: sortKey(part),
    bytes: bytes.subarray(part * PART_BYTES, (part + 1) * PART_BYTES),
    expiresAt,
  }))
  return { body: { key, parts: parts.length, bytes: bytes.length, answerBytes: answerBytesOf(callback.body) }, parts }
}

/** How many bytes a text takes in an answer of a Lambda, which is JSON within JSON. */
export const answerBytesOf = (text: string): number => Buffer.byteLength(JSON.stringify(JSON.stringify(text)))

/** Throws where not all could be written until the deadline, in milliseconds since 1970. */
export const writeParts = (table: Table, parts: readonly Part[], deadline?: number): Promise<void> =>
  write(
    table,
    parts.map((part) => ({ PutRequest: { Item: itemOf(part) } })),
    deadline,
  )

/** Throws where not all could be deleted until the deadline. */
export const deleteBodies = (table: Table, bodies: readonly Body[], deadline?: number): Promise<void> =>
  write(
    table,
    bodies.flatMap(({ key, parts }) =>
      Array.from({ length: parts }, (_, part) => ({ DeleteRequest: { Key: itemOf({ pk: key, sk: sortKey(part) }) } })),
    ),
    deadline,
  )

/** The callback, undefined where it is not whole. */
export async function readBody(table: Table, { key, bytes }: Body): Promise<Callback | undefined> {
  const query = {
    TableName: table.name,
    KeyConditionExpression: 'pk = :pk',
    ExpressionAttributeValues: itemOf({ ':pk': key }),
    ConsistentRead: true,
  }
  const parts: Uint8Array[] = []
  for await (const { Items = [] } of paginateQuery({ client: table.client }, query))
    parts.push(...Items.flatMap(({ bytes }) => bytes?.B ?? []))
  const text = Buffer.concat(parts)
  return text.length === bytes && bytes > 0 ? parseCallback(text.toString()) : undefined
}

const sortKey = (part: number): string => String(part).padStart(4, '0')

async function write(table: Table, requests: readonly WriteRequest[], deadline: number | undefined): Promise<void> {
  await pMap(batchesOf(requests), (batch) => writeBatch(table, batch, deadline), { concurrency: CONCURRENCY })
}

async function writeBatch({ client, name }: Table, batch: WriteRequest[], deadline: number | undefined): Promise<void> {
  let cause: Error | undefined
  const step = async (requests: WriteRequest[]) => {
    try {
      const { UnprocessedItems } = await client.send(new BatchWriteItemCommand({ RequestItems: { [name]: requests } }))
      cause = undefined
      return UnprocessedItems?.[name] ?? []
    } catch (error) {
      cause = error as Error
      return requests
    }
  }
  // What is not processed, without an error, was throttled.
  const isThrottled = () => cause === undefined || isThrottling(cause.name)
  const left = await untilNothingLeft(batch, step, { deadline, isThrottled })
  if (left.length > 0) throw new Error(`${left.length} rows of the quarantine were not written`, { cause })
}
