import { SendMessageBatchCommand } from '@aws-sdk/client-sqs'
import type { LedgerEvent } from '../domain/event.ts'
import type { Key } from '../domain/key.ts'
import { messageText } from '../domain/message-text.ts'
import type { Queue } from './queue.ts'
import { batchesOf } from './table.ts'

/** What is left to do by hand: a row of the ledger that was not followed, or an event that an outlet, by its ARN, has not taken. */
export type Parked = { key: Key } | { event: LedgerEvent; outlet?: string }

/** Messages, and bytes, of one request: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessageBatch.html */
const BATCH_SIZE = 10
const MAX_BATCH_BYTES = 250_000

/**
 * Parks what could not be done.
 *
 * @throws Error where not all of it is in the queue.
 */
export async function park({ client, url }: Queue, parked: readonly Parked[]): Promise<void> {
  const texts = parked.map(messageText)
  for (const batch of batchesOf(texts, BATCH_SIZE, (text) => Buffer.byteLength(text), MAX_BATCH_BYTES)) {
    const Entries = batch.map((MessageBody, index) => ({ Id: String(index), MessageBody }))
    const { Failed = [] } = await client.send(new SendMessageBatchCommand({ QueueUrl: url, Entries }))
    if (Failed.length > 0)
      throw new Error(`${Failed.length} of what was to be parked is not in the queue: ${Failed[0]?.Code}`)
  }
}

/**
 * What a message of the queue says.
 *
 * @throws Error where it is none of ours.
 */
export function parkedIn(text: string): Parked {
  const { key, event, outlet } = JSON.parse(text)
  if (typeof key?.pk === 'string' && typeof key.sk === 'string') return { key: { pk: key.pk, sk: key.sk } }
  // Without an outlet it was parked by an earlier version, which had one topic.
  if (typeof event?.id === 'string') return { event, ...(typeof outlet === 'string' && { outlet }) }
  throw new Error('expected the key of a row, or an event')
}
