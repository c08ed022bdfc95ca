import { paginateQuery, QueryCommand } from '@aws-sdk/client-dynamodb'
import type { Expectation } from '../domain/expectation.ts'
import type { Key } from '../domain/key.ts'
import { INDEXES, recipientValue } from './delivery-indexes.ts'
import type { Deliveries } from './delivery-table.ts'
import { assignmentOf, itemOf } from './item.ts'
import type { Table } from './table.ts'
import { updateIf } from './update.ts'
import { valuesOf } from './values.ts'

/** An expectation as it is kept, in the table of deliveries: a row of its own, which look-ups find until a delivery is there. */
export interface StatedExpectation extends Expectation, Key {
  isMet: boolean
  /** Since when nobody has reported it; null where it is not overdue, or met. */
  overdueSince: string | null
}

/** What all sort keys of expectations begin with. */
export const EXPECTED = 'expected#'

/** Expectations of a message that are read at once: most have one, a bulk message has one for each recipient. */
const FEW = 20

/** What senders have stated of a message that may be about a recipient; of one that is unknown, of any. */
export async function readExpectations(
  { client, name, expectations, hashKey }: Deliveries,
  pk: string,
  recipient: string | null,
): Promise<StatedExpectation[]> {
  if (!expectations) return []
  const request = (prefix: string) => ({
    TableName: name,
    KeyConditionExpression: 'pk = :pk AND begins_with(sk, :prefix)',
    ExpressionAttributeValues: itemOf({ ':pk': pk, ':prefix': prefix }),
    ConsistentRead: true,
  })
  const { Items = [], LastEvaluatedKey } = await client.send(new QueryCommand({ ...request(EXPECTED), Limit: FEW }))
  if (LastEvaluatedKey === undefined) return Items.map((item) => statedIn(valuesOf(item)))
  const prefixes =
    recipient === null ? [EXPECTED] : [`${EXPECTED}#`, `${EXPECTED}${recipientValue(await hashKey(), recipient)}#`]
  const found: StatedExpectation[] = []
  for (const prefix of prefixes)
    for await (const { Items = [] } of paginateQuery({ client }, request(prefix)))
      found.push(...Items.map((item) => statedIn(valuesOf(item))))
  return found
}

/** Takes an expectation that a delivery has met out of all look-ups, unless it was stated again meanwhile. */
export async function markMet({ client, name }: Table, { pk, sk, isMet, statedAt }: StatedExpectation): Promise<void> {
  if (isMet) return
  const keys = Object.values(INDEXES).map(({ partition }) => [partition, null])
  const { ExpressionAttributeValues, ...assignment } = assignmentOf({
    ...Object.fromEntries(keys),
    dueAt: null,
    overdueSince: null,
    isMet: true,
  })
  await updateIf(client, {
    TableName: name,
    Key: itemOf({ pk, sk }),
    ConditionExpression: 'statedAt = :statedAt',
    ...assignment,
    ExpressionAttributeValues: { ...ExpressionAttributeValues, ...itemOf({ ':statedAt': statedAt }) },
  })
}

const statedIn = ({
  pk,
  sk,
  provider,
  messageId,
  sentAt,
  statedAt,
  ...item
}: Record<string, unknown>): StatedExpectation =>
  ({
    pk,
    sk,
    provider,
    account: item.account ?? null,
    messageId,
    sentAt,
    statedAt,
    recipient: item.recipient ?? null,
    part: item.part ?? null,
    reference: item.reference ?? null,
    campaign: item.campaign ?? null,
    channel: item.channel ?? null,
    patience: item.patience ?? null,
    isMet: item.isMet === true,
    overdueSince: item.overdueSince ?? null,
  }) as StatedExpectation
