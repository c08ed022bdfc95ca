import { setTimeout as sleep } from 'node:timers/promises'
import { DeleteMessageBatchCommand, type Message, ReceiveMessageCommand } from '@aws-sdk/client-sqs'
import type { SQSBatchResponse, SQSEvent } from 'aws-lambda'
import { countMessages, type Queue } from '../functions/platform/queue.ts'
import { batchesOf } from '../functions/platform/table.ts'

/** What Lambda's pollers of a queue do: receive, invoke with a batch, delete what did not fail. */
export interface EventSource {
  /** Handles the messages that can be received now, then stops; gives how many are left. */
  drain(): Promise<number>
  /** Stops after the current batch. */
  stop(): Promise<void>
  /** Leaves messages in the queue until `resume`. */
  pause(): void
  resume(): void
}

const RECEIVE_SIZE = 10
const LONG_POLL = 1
const PAUSE_AFTER_ERROR = 500
const LOOK_WHILE_PAUSED = 100

/** Starts `pollers` loops that feed the handler; times in seconds. */
export function startEventSource(
  queue: Queue,
  handler: (event: SQSEvent) => Promise<SQSBatchResponse>,
  { batchSize, batchingWindow, pollers = 2 }: { batchSize: number; batchingWindow: number; pollers?: number },
): EventSource {
  let isDraining = false
  let isStopped = false
  let isPaused = false

  async function poll(): Promise<void> {
    while (!isStopped) {
      if (isPaused && isDraining) return
      if (isPaused) {
        await sleep(LOOK_WHILE_PAUSED)
        continue
      }
      try {
        const messages = await collect()
        if (messages.length > 0) await invoke(messages)
        else if (isDraining) return
      } catch {
        // The emulator cannot be reached, or the handler threw: the messages are received again when their visibility timeout has passed.
        if (isDraining) return
        await sleep(PAUSE_AFTER_ERROR)
      }
    }
  }

  /** Up to a batch of messages; the window opens with the first. */
  async function collect(): Promise<Message[]> {
    const messages = await receive(RECEIVE_SIZE, isDraining ? 0 : LONG_POLL)
    const end = Date.now() + batchingWindow * 1000
    while (messages.length > 0 && messages.length < batchSize && !isDraining && !isStopped && Date.now() < end) {
      const more = await receive(Math.min(RECEIVE_SIZE, batchSize - messages.length), 0)
      messages.push(...more)
      if (more.length === 0) await sleep(Math.min(20, Math.max(0, end - Date.now())))
    }
    return messages
  }

  async function receive(MaxNumberOfMessages: number, WaitTimeSeconds: number): Promise<Message[]> {
    const { Messages = [] } = await queue.client.send(
      new ReceiveMessageCommand({
        QueueUrl: queue.url,
        MaxNumberOfMessages,
        WaitTimeSeconds,
        MessageSystemAttributeNames: ['All'],
      }),
    )
    return Messages
  }

  async function invoke(messages: Message[]): Promise<void> {
    const { batchItemFailures } = await handler({ Records: messages.map(recordOf) })
    const failed = new Set(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier))
    for (const batch of batchesOf(
      messages.filter(({ MessageId = '' }) => !failed.has(MessageId)),
      RECEIVE_SIZE,
    )) {
      const Entries = batch.map(({ ReceiptHandle }, index) => ({ Id: String(index), ReceiptHandle }))
      await queue.client.send(new DeleteMessageBatchCommand({ QueueUrl: queue.url, Entries }))
    }
  }

  const polling = Promise.all(Array.from({ length: pollers }, poll))
  return {
    async drain() {
      isDraining = true
      await polling
      return countMessages(queue).catch(() => Number.NaN)
    },
    async stop() {
      isStopped = true
      await polling
    },
    pause() {
      isPaused = true
    },
    resume() {
      isPaused = false
    },
  }
}

const recordOf = ({ MessageId = '', ReceiptHandle = '', Body = '', Attributes = {}, MD5OfBody = '' }: Message) => ({
  messageId: MessageId,
  receiptHandle: ReceiptHandle,
  body: Body,
  attributes: Attributes as unknown as SQSEvent['Records'][number]['attributes'],
  messageAttributes: {},
  md5OfBody: MD5OfBody,
  eventSource: 'aws:sqs',
  eventSourceARN: 'arn:aws:sqs:local:000000000000:callbacks',
  awsRegion: 'local',
})
