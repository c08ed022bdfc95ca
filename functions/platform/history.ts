import { type AttributeValue, QueryCommand } from '@aws-sdk/client-dynamodb'
import pMap from 'p-map'
import { deliveryOf } from '../domain/delivery.ts'
import { deliveryPrefix, type LedgerRow, messageKey, recipientPrefix } from '../domain/key.ts'
import { RECORD_FIELDS, type StatusRecord } from '../domain/status.ts'
import { itemOf } from './item.ts'
import type { Table } from './table.ts'
import { valuesOf } from './values.ts'

/** Which of a message's records to read. */
export interface HistoryQuery {
  /** A source's name: a provider's id, or one with an account. */
  source: string
  messageId: string
  recipient?: string | undefined
  /** Records at most. */
  limit?: number
  /** The sort key of the last record of the page before. */
  after?: string | undefined
}

/** Rows in key order, and the sort key to go on after where there are more. */
export interface HistoryPage {
  rows: LedgerRow[]
  next: string | null
}

/** A message's rows in key order, and the sort key to go on after where there are more. */
export async function readHistory(
  table: Table,
  { source, messageId, recipient, limit, after }: HistoryQuery,
): Promise<HistoryPage> {
  const pk = messageKey(source, messageId)
  return query(table, pk, recipient === undefined ? '' : recipientPrefix(recipient), { ...(limit && { limit }), after })
}

/** A page of a message's deliveries. One that the page shows only in part still has the status of the whole delivery. */
export async function readDeliveries(table: Table, asked: HistoryQuery) {
  const page = await readHistory(table, asked)
  const groups = Map.groupBy(page.rows, ({ record }) => deliveryPrefix(record))
  const [first, last] = [[...groups.keys()][0], [...groups.keys()].at(-1)]
  const deliveries = await pMap(groups, async ([prefix, rows]) => {
    const isCut = (prefix === first && asked.after?.startsWith(prefix)) || (prefix === last && page.next !== null)
    return deliveryOf(rows, isCut ? await readAll(table, messageKey(asked.source, asked.messageId), prefix) : rows)
  })
  return { ...page, deliveries }
}

/** https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html */
export const MAX_KEY_BYTES = { pk: 2_048, sk: 1_024 }

/** All rows of a message that have a prefix in common, as they are at this moment, in key order. */
export async function readAll(table: Table, pk: string, prefix: string): Promise<LedgerRow[]> {
  const rows: LedgerRow[] = []
  let after: string | undefined
  do {
    const page = await query(table, pk, prefix, { after, isConsistent: true })
    rows.push(...page.rows)
    after = page.next ?? undefined
  } while (after !== undefined)
  return rows
}

async function query(
  table: Table,
  pk: string,
  prefix: string,
  page: { limit?: number; after?: string | undefined; isConsistent?: boolean },
): Promise<HistoryPage> {
  const isTooLong =
    Buffer.byteLength(pk) > MAX_KEY_BYTES.pk || Buffer.byteLength(page.after ?? prefix) > MAX_KEY_BYTES.sk
  if (isTooLong) return { rows: [], next: null }
  const { Items = [], LastEvaluatedKey } = await table.client.send(
    new QueryCommand({
      TableName: table.name,
      KeyConditionExpression: prefix === '' ? 'pk = :pk' : 'pk = :pk AND begins_with(sk, :prefix)',
      // DynamoDB deletes what has expired within a few days.
      FilterExpression: 'attribute_not_exists(expiresAt) OR expiresAt > :now',
      ExpressionAttributeValues: itemOf({
        ':pk': pk,
        ':now': Math.floor(Date.now() / 1000),
        ...(prefix !== '' && { ':prefix': prefix }),
      }),
      ExclusiveStartKey: page.after === undefined ? undefined : itemOf({ pk, sk: page.after }),
      Limit: page.limit,
      ConsistentRead: page.isConsistent,
    }),
  )
  return { rows: Items.map((item) => rowOf(valuesOf(item))), next: LastEvaluatedKey?.sk?.S ?? null }
}

const rowOf = (item: Record<string, unknown>): LedgerRow => ({
  sk: item.sk as string,
  record: pick(item),
  ...(item.expiresAt !== undefined && { expiresAt: item.expiresAt as number }),
})

/** The record that a row of the ledger holds. */
export const recordIn = (row: Record<string, AttributeValue>): StatusRecord => pick(valuesOf(row))

const pick = (item: Record<string, unknown>): StatusRecord =>
  Object.fromEntries(RECORD_FIELDS.map((field) => [field, item[field]])) as unknown as StatusRecord
