import type { Key } from '../domain/key.ts'
import type { Summary } from '../domain/summary.ts'
import { overdueKeyOf } from './delivery-indexes.ts'
import { summaryIn } from './delivery-table.ts'
import { itemOf } from './item.ts'
import type { Table } from './table.ts'
import { updateIf } from './update.ts'

/**
 * Marks a delivery as overdue, or what was expected of one, where it is due, still open and not marked yet; gives it then. Safe to
 * repeat.
 */
export async function markOverdue({ client, name }: Table, key: Key, now = Date.now()): Promise<Summary | undefined> {
  const marked = await updateIf(client, {
    TableName: name,
    Key: itemOf({ ...key }),
    ConditionExpression: 'dueAt <= :now AND attribute_not_exists(overdueSince)',
    UpdateExpression: 'SET overdueSince = dueAt, overdueKey = :overdueKey REMOVE openKey ADD #version :one',
    ExpressionAttributeNames: { '#version': 'version' },
    ExpressionAttributeValues: itemOf({
      ':now': new Date(now).toISOString(),
      ':overdueKey': overdueKeyOf(key),
      ':one': 1,
    }),
    ReturnValues: 'ALL_NEW',
  })
  return marked?.Attributes && summaryIn(marked.Attributes)
}
