import { QueryCommand } from '@aws-sdk/client-dynamodb'
import { unmarshall } from '@aws-sdk/util-dynamodb'
import { deliveryPrefix, messageKey, recipientPrefix } from '../domain/key.ts'
import { RECORD_FIELDS, type StatusRecord } from '../domain/status.ts'
import { itemOf } from './item.ts'
import type { Table } from './table.ts'

/** Which of a message's records to read. */
export interface HistoryQuery {
  provider: string
  messageId: string
  recipient?: string | undefined
  /** Records at most. */
  limit: number
  /** The sort key of the last record of the page before. */
  after?: string | undefined
}

/** A message's records in key order, and the sort key to go on after where there are more. */
export async function readHistory(table: Table, { provider, messageId, recipient, limit, after }: HistoryQuery) {
  const pk = messageKey(provider, messageId)
  return query(table, pk, recipient === undefined ? '' : recipientPrefix(recipient), { limit, after })
}

/** The last record of a recipient and part: where the delivery stands now. */
export async function readLatest(table: Table, record: StatusRecord): Promise<StatusRecord> {
  const pk = messageKey(record.provider, record.messageId)
  const { records } = await query(table, pk, deliveryPrefix(record), { limit: 1, backward: true })
  return records[0] ?? record
}

/** One record by its sort key. */
export async function readRecord(table: Table, provider: string, messageId: string, sortKey: string) {
  const { records } = await query(table, messageKey(provider, messageId), sortKey, { limit: 1 })
  return records[0]
}

/** True where a sort key may stand in the history that is asked for. */
export const isWithin = (sortKey: string, recipient: string | undefined): boolean =>
  recipient === undefined ? sortKey !== '' : sortKey.startsWith(recipientPrefix(recipient))

/** https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html */
const MAX_KEY_BYTES = { pk: 2_048, sk: 1_024 }

async function query(
  table: Table,
  pk: string,
  prefix: string,
  page: { limit: number; after?: string | undefined; backward?: boolean },
) {
  const isTooLong =
    Buffer.byteLength(pk) > MAX_KEY_BYTES.pk || Buffer.byteLength(page.after ?? prefix) > MAX_KEY_BYTES.sk
  if (isTooLong) return { records: [], next: null }
  const { Items = [], LastEvaluatedKey } = await table.client.send(
    new QueryCommand({
      TableName: table.name,
      KeyConditionExpression: prefix === '' ? 'pk = :pk' : 'pk = :pk AND begins_with(sk, :prefix)',
      ExpressionAttributeValues: itemOf(prefix === '' ? { ':pk': pk } : { ':pk': pk, ':prefix': prefix }),
      ExclusiveStartKey: page.after === undefined ? undefined : itemOf({ pk, sk: page.after }),
      ScanIndexForward: !page.backward,
      Limit: page.limit,
    }),
  )
  return { records: Items.map((item) => recordOf(unmarshall(item))), next: LastEvaluatedKey?.sk?.S ?? null }
}

const recordOf = (item: Record<string, unknown>): StatusRecord =>
  Object.fromEntries(RECORD_FIELDS.map((field) => [field, item[field]])) as unknown as StatusRecord
