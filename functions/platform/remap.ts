import { ScanCommand } from '@aws-sdk/client-dynamodb'
import { type Key, providerOrderIn } from '../domain/key.ts'
import { judge, type Normalizer } from '../domain/normalizer.ts'
import type { StatusRecord } from '../domain/status.ts'
import { assignmentOf, itemOf } from './item.ts'
import type { Table } from './table.ts'
import { updateIf } from './update.ts'
import { valuesOf } from './values.ts'

/** The attributes of a row that the mapping decides. */
type Judgement = ReturnType<typeof judge>

/** A row that today's mapping judges otherwise. */
export interface Change {
  key: Key
  messageId: string
  providerStatus: string
  from: Judgement
  to: Judgement
}

/** Part of a ledger: how many rows were read, those that are to change, and where to go on after where there are more. */
export interface RemapPage {
  scanned: number
  changes: Change[]
  next: Key | undefined
}

/** Reads the next part of a ledger, in no order, for what a provider's mapping judges otherwise than its rows say. */
export async function findOutdated(
  { client, name }: Table,
  provider: string,
  normalizer: Normalizer,
  after: Key | undefined,
): Promise<RemapPage> {
  const {
    Items = [],
    ScannedCount = 0,
    LastEvaluatedKey,
  } = await client.send(
    new ScanCommand({
      TableName: name,
      FilterExpression: 'provider = :provider',
      ExpressionAttributeValues: itemOf({ ':provider': provider }),
      ExclusiveStartKey: after && itemOf(after),
    }),
  )
  const changes = Items.flatMap((item) => changeOf(valuesOf(item) as StatusRecord & Key, normalizer))
  return { scanned: ScannedCount, changes, next: LastEvaluatedKey && (valuesOf(LastEvaluatedKey) as Key) }
}

/** Writes what today's mapping says into a row, where that is still kept. */
export async function applyChange({ client, name }: Table, { key, to }: Change): Promise<void> {
  const ConditionExpression = 'attribute_exists(pk)'
  await updateIf(client, { TableName: name, Key: itemOf(key), ConditionExpression, ...assignmentOf({ ...to }) })
}

function changeOf(row: StatusRecord & Key, mapping: Normalizer): Change | [] {
  const { pk, sk, messageId, providerStatus, status, final, order, normalizer } = row
  const from: Judgement = { status, final, order, normalizer }
  const to = judge(mapping, row, providerOrderIn(sk))
  const isCurrent = Object.entries(to).every(([field, value]) => from[field as keyof Judgement] === value)
  return isCurrent ? [] : { key: { pk, sk }, messageId, providerStatus, from, to }
}
