import { hash } from 'node:crypto'
import {
  type AttributeValue,
  DeleteItemCommand,
  GetItemCommand,
  QueryCommand,
  type QueryCommandOutput,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb'
import pMap from 'p-map'
import type { Callback } from '../domain/callback.ts'
import { assignmentOf, itemOf } from './item.ts'
import { answerBytesOf, type Body, bodyOf, deleteBodies, readBody, writeParts } from './quarantine-body.ts'
import { CONCURRENCY, isThrottling, type Table, untilNothingLeft } from './table.ts'
import { valuesOf } from './values.ts'

/** What is known of a quarantined callback without its body: a row in the partition of its provider, newest last. */
export interface QuarantineHead {
  id: string
  provider: string
  /** Which of several accounts with the provider. */
  account?: string
  /** When the callback arrived, RFC 3339. */
  receivedAt: string
  /** `path: expectation`, several joined by `; `. */
  reason: string
  /** When it was last replayed without success, RFC 3339. */
  attemptedAt?: string
  body: Body
}

/** A callback that could not be normalized, or not all of it. */
export interface Quarantined extends QuarantineHead {
  /** Undefined where rows of it are missing: such an item can only be dropped. */
  callback: Callback | undefined
}

type Row = Record<string, AttributeValue>

const RETENTION_SECONDS = 90 * 24 * 60 * 60

const MAX_REASON_CHARACTERS = 2_000

/** Heads of one request: none is larger than 3 KB, and a request gives up to 1 MB. */
const HEADS = 300

/** A Lambda answers with up to 6 MB: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
const MAX_PAGE_BYTES = 5_000_000

/** The largest body that an answer shows. */
const MAX_SHOWN_BYTES = 4_000_000

/** Sorts by time of arrival, names its provider, is the same for the same request; safe in a path. */
export const quarantineId = ({ provider, receivedAt, requestId }: Callback): string =>
  `${receivedAt.replace(/\W/g, '')}-${provider}-${hash('sha256', requestId, 'hex').slice(0, 16)}`

/** True for what may be an item's id. */
const isQuarantineId = (text: string): boolean => providerOf(text) !== undefined

const providerOf = (id: string): string | undefined => /^\w{1,30}-([a-z][a-z0-9]{0,63})-[0-9a-f]{16}$/.exec(id)?.[1]

/**
 * Keeps callbacks for 90 days; one that is there already gets the new reason and, where it was replayed, the time. Throws
 * where not all could be kept until the deadline (milliseconds since 1970).
 *
 * An item is seen by its head, so the head is written after the body, and deleted before it. The head names the rows of its
 * body, which no other write uses: whichever of a release and a write comes last, what is seen is whole.
 */
export async function quarantine(
  table: Table,
  items: readonly { reason: string; callback: Callback }[],
  deadline?: number,
): Promise<void> {
  const expiresAt = now() + RETENTION_SECONDS
  // A replay comes last and wins over its original: it has the time of the attempt.
  const inOrder = items.toSorted((one, other) => Number(one.callback.replay ?? 0) - Number(other.callback.replay ?? 0))
  const distinct = new Map(inOrder.map((item) => [quarantineId(item.callback), item]))
  const puts = [...distinct].map(
    ([
      id,
      {
        reason,
        callback: { replay, ...callback },
      },
    ]) => {
      const { body, parts } = bodyOf(id, callback, expiresAt)
      const { account, receivedAt } = callback
      const attempt = replay && { attemptedAt: new Date().toISOString() }
      return {
        id,
        parts,
        head: { account, receivedAt, reason: reason.slice(0, MAX_REASON_CHARACTERS), expiresAt, body, ...attempt },
      }
    },
  )
  await writeParts(
    table,
    puts.flatMap(({ parts }) => parts),
    deadline,
  )
  const put = ({ id, head }: (typeof puts)[number]) =>
    table.client.send(new UpdateItemCommand({ ...headKey(table, id), ...assignmentOf(head), ReturnValues: 'ALL_OLD' }))
  await changeHeads(table, puts, put, deadline)
}

/** Takes items out again, whether they are there or not. Throws where not all could be taken out until the deadline. */
export async function release(table: Table, ids: readonly string[], deadline?: number): Promise<void> {
  await changeHeads(
    table,
    [...new Set(ids)].map((id) => ({ id })),
    ({ id }) => table.client.send(new DeleteItemCommand({ ...headKey(table, id), ReturnValues: 'ALL_OLD' })),
    deadline,
  )
}

/** One item, undefined where there is none of that id. */
export async function findQuarantined(table: Table, id: string): Promise<Quarantined | undefined> {
  const head = await findHead(table, id)
  return head && withCallback(table, head)
}

/** The description of an item whose body is incomplete. */
export const INCOMPLETE = 'its body is incomplete: it can only be dropped'

/**
 * Up to `limit` items of the given providers without their bodies, newest first, older than the item `before`; `next` where
 * there are older ones: what to go on before.
 */
export async function listHeads(table: Table, providers: readonly string[], limit: number, before?: string) {
  const pages = await pMap(providers, (provider) => headsOf(table, provider, limit, before), {
    concurrency: CONCURRENCY,
  })
  const sorted = pages.flatMap(({ heads }) => heads).sort((a, b) => (a.id < b.id ? 1 : -1))
  const heads = sorted.slice(0, limit)
  const isAll = heads.length === sorted.length && pages.every(({ isLast }) => isLast)
  return { heads, next: isAll ? undefined : heads.at(-1)?.id }
}

/** Whether an answer has room for a callback's body. */
export const isShown = (body: string): boolean => answerBytesOf(body) <= MAX_SHOWN_BYTES

/** The same with their bodies. A page ends early where its answer would grow past a few megabytes; no other bodies are read. */
export async function listQuarantined(table: Table, providers: readonly string[], limit: number, before?: string) {
  const { heads, next } = await listHeads(table, providers, limit, before)
  let bytes = 0
  const end = heads.findIndex(({ body, ...head }, index) => {
    bytes += answerBytesOf(JSON.stringify(head)) + Math.min(body.answerBytes, MAX_SHOWN_BYTES)
    return bytes > MAX_PAGE_BYTES && index > 0
  })
  const page = end === -1 ? heads : heads.slice(0, end)
  const items = await pMap(page, (head) => withCallback(table, head), { concurrency: CONCURRENCY })
  return { items: items.filter((item) => item !== undefined), next: end === -1 ? next : page.at(-1)?.id }
}

/** The newest heads of a provider, enough of them. */
async function headsOf(table: Table, provider: string, limit: number, before = '~') {
  const heads: QuarantineHead[] = []
  let end: string | undefined = before
  // Some have expired and are not yet deleted: those behind them fill the page.
  while (end !== undefined && heads.length <= limit) {
    const { Items = [], LastEvaluatedKey }: QueryCommandOutput = await table.client.send(
      new QueryCommand({
        TableName: table.name,
        KeyConditionExpression: 'pk = :pk AND sk < :before',
        FilterExpression: 'expiresAt > :now',
        ExpressionAttributeValues: itemOf({ ':pk': provider, ':before': end, ':now': now() }),
        ScanIndexForward: false,
        Limit: end === before ? limit + 1 : HEADS,
      }),
    )
    heads.push(...Items.map(headIn))
    end = LastEvaluatedKey?.sk?.S
  }
  return { heads, isLast: end === undefined }
}

/** An item without its body, undefined where there is none of that id. */
export async function findHead(table: Table, id: string): Promise<QuarantineHead | undefined> {
  if (!isQuarantineId(id)) return undefined
  const { Item } = await table.client.send(new GetItemCommand({ ...headKey(table, id), ConsistentRead: true }))
  return Item && headIn(Item)
}

/** The item of a head; undefined where it is gone by now. */
async function withCallback(table: Table, head: QuarantineHead): Promise<Quarantined | undefined> {
  const callback = await readBody(table, head.body)
  if (callback !== undefined) return { ...head, callback }
  const latest = await findHead(table, head.id)
  if (latest === undefined) return undefined
  // It was written again meanwhile.
  if (latest.body.key !== head.body.key) return withCallback(table, latest)
  return { ...latest, callback: undefined }
}

/** Changes heads, and deletes the bodies that they had before. Throws where that could not be done for all. */
async function changeHeads<T extends { id: string; head?: { body: Body } }>(
  table: Table,
  items: readonly T[],
  change: (item: T) => Promise<{ Attributes?: Row | undefined }>,
  deadline: number | undefined,
): Promise<void> {
  const bodies: Body[] = []
  let cause: Error | undefined
  const changeOne = async (item: T): Promise<T[]> => {
    try {
      const { Attributes } = await change(item)
      const old = Attributes && bodyIn(Attributes)
      // It is its own where the answer to an attempt before was lost.
      if (old && old.key !== item.head?.body.key) bodies.push(old)
      return []
    } catch (error) {
      cause = error as Error
      return [item]
    }
  }
  const step = async (left: T[]) => (await pMap(left, changeOne, { concurrency: CONCURRENCY })).flat()
  const isThrottled = () => isThrottling(cause?.name)
  const left = await untilNothingLeft([...items], step, { deadline, isThrottled })
  await deleteBodies(table, bodies, deadline)
  if (left.length > 0) throw new Error(`${left.length} items of the quarantine were not written`, { cause })
}

const headKey = (table: Table, id: string) => ({
  TableName: table.name,
  Key: itemOf({ pk: providerOf(id) ?? '', sk: id }),
})

/** Without `unmarshall`, which the worker needs for nothing else. */
function bodyIn({ body }: Row): Body {
  const bytes = Number(body?.M?.bytes?.N ?? 0)
  return {
    key: body?.M?.key?.S ?? 'none',
    parts: Number(body?.M?.parts?.N ?? 0),
    bytes,
    // Those of before it was kept: each quote and backslash is escaped once more.
    answerBytes: Number(body?.M?.answerBytes?.N ?? 2 * bytes),
  }
}

function headIn(row: Row): QuarantineHead {
  const { pk, sk, expiresAt, body, ...head } = valuesOf(row)
  return {
    ...(head as Pick<QuarantineHead, 'account' | 'receivedAt' | 'reason' | 'attemptedAt'>),
    id: sk,
    provider: pk,
    body: bodyIn(row),
  }
}

/** Seconds since 1970. */
const now = (): number => Math.floor(Date.now() / 1000)
