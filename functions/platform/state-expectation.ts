import { paginateQuery } from '@aws-sdk/client-dynamodb'
import pMap from 'p-map'
import { covers, type Expectation } from '../domain/expectation.ts'
import { deliveryPrefix, messageKey } from '../domain/key.ts'
import { sourceName } from '../domain/source.ts'
import { summaryOfExpected } from '../domain/summary.ts'
import { indexKeysOf, recipientValue } from './delivery-indexes.ts'
import { DELIVERY, type Deliveries } from './delivery-table.ts'
import { EXPECTED } from './expectations.ts'
import { assignmentOf, itemOf } from './item.ts'
import { markOverdue } from './overdue.ts'
import { type Projected, project } from './projection.ts'
import { CONCURRENCY, expiryAfter, type Table } from './table.ts'
import { updateIf } from './update.ts'
import { valuesOf } from './values.ts'

/** What became of an expectation: the deliveries that it is about, or that it is overdue itself. */
export interface Stated {
  deliveries: Projected[]
  isNewlyOverdue: boolean
}

/**
 * Deliveries of one message that are brought up to date at once: the caller waits. The others follow with their next record, or with
 * `ledger project`.
 */
const MAX_AT_ONCE = 200

/**
 * Keeps an expectation, in place of an earlier one of the same message, recipient and part, and passes it to the deliveries that are
 * there: whether it or a callback comes first, the same rows are left.
 *
 * @throws where the tables cannot be reached.
 */
export async function state(
  deliveries: Deliveries,
  ledger: Table,
  expectation: Expectation,
  now = Date.now(),
): Promise<Stated> {
  const hashKey = await deliveries.hashKey()
  const pk = messageKey(sourceName(expectation), expectation.messageId)
  const address = expectation.recipient === null ? '' : recipientValue(hashKey, expectation.recipient)
  const key = { pk, sk: `${EXPECTED}${address}#${expectation.part ?? ''}` }
  const projection = summaryOfExpected(expectation, deliveries.patience)
  const isDue = projection.dueAt !== null && Date.parse(projection.dueAt) <= now
  await updateIf(deliveries.client, {
    TableName: deliveries.name,
    Key: itemOf(key),
    ConditionExpression: 'attribute_not_exists(statedAt) OR statedAt <= :statedAt',
    ...assignmentOf({
      ...projection,
      ...indexKeysOf(key, projection, { hashKey, lookups: deliveries.lookups }),
      patience: expectation.patience,
      statedAt: expectation.statedAt,
      expiresAt: expiryAfter(deliveries.retentionDays, now) ?? null,
      isMet: null,
      prefix: deliveryPrefix(expectation),
      // What is overdue already is not found anew.
      ...(isDue ? { openKey: null } : { overdueSince: null, overdueKey: null }),
    }),
  })
  const covered = await deliveriesCovered(deliveries, pk, address, expectation)
  const projected = await pMap(covered, (sk) => project(deliveries, ledger, { pk, sk }, now), {
    concurrency: CONCURRENCY,
  })
  const overdue = covered.length === 0 ? await markOverdue(deliveries, key, now) : undefined
  return { deliveries: projected.filter((one) => one !== undefined), isNewlyOverdue: overdue !== undefined }
}

/** The prefixes in the ledger of deliveries that an expectation is about, as they are at this moment; of some where it is about many. */
async function deliveriesCovered(
  { client, name }: Table,
  pk: string,
  address: string,
  expectation: Expectation,
): Promise<string[]> {
  // Those whose callbacks name no recipient have an empty address.
  const prefixes = address === '' ? [DELIVERY] : [`${DELIVERY}${address}#`, `${DELIVERY}#`]
  const found: string[] = []
  for (const prefix of prefixes)
    for await (const { Items = [] } of paginateQuery(
      { client, pageSize: MAX_AT_ONCE },
      {
        TableName: name,
        KeyConditionExpression: 'pk = :pk AND begins_with(sk, :prefix)',
        ExpressionAttributeValues: itemOf({ ':pk': pk, ':prefix': prefix }),
        ConsistentRead: true,
      },
    )) {
      found.push(
        ...Items.map((item) => valuesOf(item) as Record<'sk' | 'recipient' | 'prefix', string>)
          .filter(({ sk, recipient }) => covers(expectation, ownOf(sk, recipient)))
          .map(({ prefix }) => prefix),
      )
      if (found.length >= MAX_AT_ONCE) return found.slice(0, MAX_AT_ONCE)
    }
  return found
}

/** What a delivery's callbacks themselves say of it: the rest of its row may be of another expectation. */
function ownOf(sk: string, recipient: string) {
  const [, address, part] = sk.split('#')
  return { recipient: address ? recipient : null, part: part ? Number(part) : null }
}
