import { paginateScan } from '@aws-sdk/client-dynamodb'
import { INDEXES, type IndexName } from './delivery-indexes.ts'
import type { Deliveries } from './delivery-table.ts'
import { itemOf } from './item.ts'

/** Deliveries that are counted at most: as keys in an index they have about 25 MB, which is a second and some 3,000 read units. */
export const MAX_COUNTED = 100_000

/** How many deliveries wait for a final status and are not due yet; `MAX_COUNTED` or more where it is not all. */
export async function countOpen(deliveries: Deliveries, now = Date.now()): Promise<number> {
  let count = 0
  for await (const { Count = 0 } of pagesOf(deliveries, 'open', {
    Select: 'COUNT',
    FilterExpression: `${INDEXES.open.sort} > :now`,
    ExpressionAttributeValues: itemOf({ ':now': new Date(now).toISOString() }),
  })) {
    count += Count
    if (count >= MAX_COUNTED) break
  }
  return count
}

/** How many deliveries are overdue, by provider; `MAX_COUNTED` or more in total where it is not all. */
export async function countOverdue(deliveries: Deliveries): Promise<Map<string, number>> {
  const counts = new Map<string, number>()
  const { partition } = INDEXES.overdue
  let total = 0
  for await (const { Items = [] } of pagesOf(deliveries, 'overdue', { ProjectionExpression: partition })) {
    for (const item of Items) {
      const provider = item[partition]?.S?.split('#')[0] ?? ''
      counts.set(provider, (counts.get(provider) ?? 0) + 1)
    }
    total += Items.length
    if (total >= MAX_COUNTED) break
  }
  return counts
}

/** An index holds only what is open, or overdue: a scan reads no more than is counted, mostly in one request. */
const pagesOf = (
  { client, name }: Deliveries,
  IndexName: IndexName,
  options: Pick<
    Parameters<typeof paginateScan>[1],
    'Select' | 'FilterExpression' | 'ExpressionAttributeValues' | 'ProjectionExpression'
  >,
) => paginateScan({ client }, { TableName: name, IndexName, ...options })
