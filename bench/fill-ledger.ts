import { BatchWriteItemCommand } from '@aws-sdk/client-dynamodb'
import pMap from 'p-map'
import { recordKey } from '../functions/domain/key.ts'
import type { StatusRecord } from '../functions/domain/status.ts'
import { itemOf } from '../functions/platform/item.ts'
import { batchesOf, type Table } from '../functions/platform/table.ts'

const CONCURRENCY = 4

/** A status record, without what differs from message to message. */
export const RECORD: Omit<StatusRecord, 'messageId' | 'recipient'> = {
  provider: 'octopush',
  account: null,
  part: null,
  channel: 'sms',
  status: 'delivered',
  final: true,
  providerStatus: 'DELIVERED',
  description: null,
  error: null,
  occurredAt: '2025-01-22T10:46:06.000Z',
  receivedAt: '2025-01-22T10:46:07.000Z',
  order: 40,
  campaign: 'List Name',
  reference: null,
  normalizer: 1,
  price: { amount: 0.5, currency: null },
  details: { delivery_date: '2025-01-22 11:46:06' },
}

/** Writes `size` records into a ledger, each as `of` says. */
export const fillLedger = (
  ledger: Table,
  size: number,
  of: (index: number) => Pick<StatusRecord, 'messageId' | 'recipient'>,
): Promise<void> =>
  fillTable(ledger, size, (index) => {
    const record = { ...RECORD, ...of(index) }
    return { ...recordKey(record, null), ...record }
  })

/** Writes `size` rows into a table. */
export async function fillTable(
  { client, name }: Table,
  size: number,
  rowAt: (index: number) => object,
): Promise<void> {
  const write = async (indexes: number[]) => {
    const requests = indexes.map((index) => ({ PutRequest: { Item: itemOf(rowAt(index)) } }))
    const { UnprocessedItems } = await client.send(new BatchWriteItemCommand({ RequestItems: { [name]: requests } }))
    if (Object.keys(UnprocessedItems ?? {}).length > 0) throw new Error('the emulator did not write all')
  }
  await pMap(batchesOf([...Array(size).keys()]), write, { concurrency: CONCURRENCY })
}
