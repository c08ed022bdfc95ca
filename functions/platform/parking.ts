import { SendMessageBatchCommand } from '@aws-sdk/client-sqs'
import type { Key } from '../domain/key.ts'
import type { Queue } from './queue.ts'
import { batchesOf } from './table.ts'

/** Messages of one request: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessageBatch.html */
const BATCH_SIZE = 10

/**
 * Parks rows of the ledger that could not be followed, by their keys: they can be read again at any time.
 *
 * @throws Error where not all of them are in the queue.
 */
export async function park({ client, url }: Queue, keys: readonly Key[]): Promise<void> {
  for (const batch of batchesOf(keys, BATCH_SIZE)) {
    const Entries = batch.map(({ pk, sk }, index) => ({ Id: String(index), MessageBody: JSON.stringify({ pk, sk }) }))
    const { Failed = [] } = await client.send(new SendMessageBatchCommand({ QueueUrl: url, Entries }))
    if (Failed.length > 0) throw new Error(`${Failed.length} keys could not be parked: ${Failed[0]?.Code}`)
  }
}

/**
 * The key in a message of the queue.
 *
 * @throws Error where there is none.
 */
export function parkedKey(text: string): Key {
  const { pk, sk } = JSON.parse(text)
  if (typeof pk !== 'string' || typeof sk !== 'string') throw new Error('expected a key of the ledger')
  return { pk, sk }
}
