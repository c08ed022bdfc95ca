import {
  GetQueueAttributesCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs'
import { type Callback, MAX_QUEUE_MESSAGE_BYTES, serializeCallback } from '../domain/callback.ts'
import { Problem } from './problem.ts'

/** The queue that all callbacks go through. */
export interface Queue {
  client: SQSClient
  url: string
}

const RETRY_AFTER_SECONDS = 5

/** By which a callback grows when it is sent again. */
const REPLAY_BYTES = ',"replay":true'.length

/**
 * Puts a callback into the queue; once this has returned, it is durable.
 *
 * @throws Problem 413 where it is too large for one queue message, 503 where the queue cannot be reached.
 */
export async function enqueue(queue: Queue, callback: Callback): Promise<void> {
  const limit = MAX_QUEUE_MESSAGE_BYTES - (callback.replay ? 0 : REPLAY_BYTES)
  const text = serializeCallback(callback, limit)
  if (Buffer.byteLength(text) > limit) {
    throw new Problem(413, `A callback may take up to ${limit} bytes of queue message, compressed.`)
  }
  try {
    await queue.client.send(new SendMessageCommand({ QueueUrl: queue.url, MessageBody: text }))
  } catch (cause) {
    throw unavailable('The queue cannot be reached; send it again.', cause)
  }
}

/** Messages in a queue, visible or not. */
export async function countMessages({ client, url }: Queue): Promise<number> {
  const { Attributes = {} } = await client.send(
    new GetQueueAttributesCommand({
      QueueUrl: url,
      AttributeNames: ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'],
    }),
  )
  return Number(Attributes.ApproximateNumberOfMessages) + Number(Attributes.ApproximateNumberOfMessagesNotVisible)
}

/** Sends an empty batch, which SQS refuses: that opens the connection, with no right but to send. */
export const knock = ({ client, url }: Queue): Promise<unknown> =>
  client.send(new SendMessageBatchCommand({ QueueUrl: url, Entries: [] }))

/** The answer while something that we need is away. */
export const unavailable = (detail: string, cause: unknown): Problem =>
  new Problem(503, detail, { 'retry-after': String(RETRY_AFTER_SECONDS) }, cause)
