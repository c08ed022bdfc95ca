import { QueryCommand } from '@aws-sdk/client-dynamodb'
import { messageKey } from '../domain/key.ts'
import type { Summary } from '../domain/summary.ts'
import { DELIVERY, type Deliveries, summaryIn } from './delivery-table.ts'
import { itemOf } from './item.ts'

/**
 * What the table of deliveries has of a message, in one request: its deliveries, and what is expected of it and was not reported
 * yet. With a recipient, as the index of recipients has it, that recipient's deliveries alone.
 */
export async function readSummaries(
  { client, name }: Deliveries,
  source: string,
  messageId: string,
  recipient?: string,
): Promise<Summary[]> {
  const prefix = recipient === undefined ? undefined : `${DELIVERY}${recipient}#`
  const pk = messageKey(source, messageId)
  if (Buffer.byteLength(pk) > MAX_KEY_BYTES) return []
  const { Items = [] } = await client.send(
    new QueryCommand({
      TableName: name,
      KeyConditionExpression: prefix === undefined ? 'pk = :pk' : 'pk = :pk AND begins_with(sk, :prefix)',
      FilterExpression: 'attribute_not_exists(isMet) AND (attribute_not_exists(expiresAt) OR expiresAt > :now)',
      ExpressionAttributeValues: itemOf({ ':pk': pk, ':now': Math.floor(Date.now() / 1_000), ':prefix': prefix }),
    }),
  )
  return Items.map(summaryIn)
}

/** https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html */
const MAX_KEY_BYTES = 2_048
