import { QueryCommand } from '@aws-sdk/client-dynamodb'
import { unmarshall } from '@aws-sdk/util-dynamodb'
import pMap from 'p-map'
import type { Expectation } from '../domain/expectation.ts'
import type { Key } from '../domain/key.ts'
import { INDEXES, recipientValue } from './delivery-indexes.ts'
import type { Deliveries } from './delivery-table.ts'
import { assignmentOf, itemOf } from './item.ts'
import type { Table } from './table.ts'
import { updateIf } from './update.ts'

/** An expectation as it is kept, in the table of deliveries: a row of its own, which look-ups find until a delivery is there. */
export interface StatedExpectation extends Expectation, Key {
  isMet: boolean
}

/** What all sort keys of expectations begin with. */
export const EXPECTED = 'expected#'

/** Expectations of a message that are read at once: most have one, a bulk message has one for each recipient. */
const FEW = 20

/** What senders have stated of a message that may be about a recipient; of one that is unknown, of any. */
export async function readExpectations(
  deliveries: Deliveries,
  pk: string,
  recipient: string | null,
): Promise<StatedExpectation[]> {
  if (!deliveries.expectations) return []
  const { stated, isAll } = await query(deliveries, pk, EXPECTED, FEW)
  if (isAll) return stated
  const prefixes =
    recipient === null
      ? [EXPECTED]
      : [`${EXPECTED}#`, `${EXPECTED}${recipientValue(await deliveries.hashKey(), recipient)}#`]
  const found = await pMap(prefixes, (prefix) => query(deliveries, pk, prefix))
  return found.flatMap(({ stated }) => stated)
}

async function query({ client, name }: Table, pk: string, prefix: string, Limit?: number) {
  const { Items = [], LastEvaluatedKey } = await client.send(
    new QueryCommand({
      TableName: name,
      KeyConditionExpression: 'pk = :pk AND begins_with(sk, :prefix)',
      ExpressionAttributeValues: itemOf({ ':pk': pk, ':prefix': prefix }),
      ConsistentRead: true,
      Limit,
    }),
  )
  return { stated: Items.map((item) => statedIn(unmarshall(item))), isAll: LastEvaluatedKey === undefined }
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
  }) as StatedExpectation
