import {
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  type Message,
  ReceiveMessageCommand,
  SendMessageCommand,
} from '@aws-sdk/client-sqs'
import pMap from 'p-map'
import type { Queue } from '../functions/platform/queue.ts'
import { bulk } from './bulk.ts'
import type { Output } from './output.ts'

/** A message of a dead-letter queue. */
export interface Letter {
  id: string
  text: string
  /** RFC 3339. */
  receivedAt: string
  receiptHandle: string
  /** It has been deleted. */
  isGone?: boolean
}

/** Seconds for which a message that was read is hidden from other readers, and from the alarm if this process is killed. */
const LOOK = 30

const BATCH = 10

/** The exit code of a process that was interrupted. */
const INTERRUPTED = 130

/** A queue may return the same message again; after this many such answers in a row it is taken to be read. */
const MAX_REPEATED = 3

/** Moves messages that are meant to another queue, about `total` of them. After an interruption one may be in both. */
export async function moveLetters(
  { from, to }: { from: Queue; to: Queue },
  output: Output,
  total: number,
  isMeant = (_: Letter): boolean => true,
): Promise<boolean> {
  const startedAt = Date.now()
  // A message that fails again at once is not moved a second time.
  const letters = look(from, (letter) => Date.parse(letter.receivedAt) < startedAt && isMeant(letter))
  return bulk(output, 'redriven', letters, total, async (letter) => {
    await to.client.send(new SendMessageCommand({ QueueUrl: to.url, MessageBody: letter.text }))
    await from.client.send(new DeleteMessageCommand({ QueueUrl: from.url, ReceiptHandle: letter.receiptHandle }))
    letter.isGone = true
  })
}

/** The messages of a queue: they are received, and made visible again at the end unless they were deleted. */
export async function* look({ client, url }: Queue, isMeant = (_: Letter): boolean => true): AsyncGenerator<Letter> {
  const taken = new Map<string, Letter>()
  let isStopped = false
  const stop = () => {
    isStopped = true
  }
  process.once('SIGINT', stop).once('SIGTERM', stop)
  let repeated = 0
  try {
    for (;;) {
      const { Messages = [] } = await client.send(
        new ReceiveMessageCommand({
          QueueUrl: url,
          MaxNumberOfMessages: BATCH,
          VisibilityTimeout: LOOK,
          // Long polling asks all of the queue's servers.
          WaitTimeSeconds: 1,
          MessageSystemAttributeNames: ['SentTimestamp'],
        }),
      )
      const fresh: Letter[] = []
      for (const letter of Messages.map(letterOf)) {
        const known = taken.get(letter.id)
        if (known !== undefined) known.receiptHandle = letter.receiptHandle
        else {
          taken.set(letter.id, letter)
          fresh.push(letter)
        }
      }
      repeated = fresh.length > 0 ? 0 : repeated + 1
      if (Messages.length === 0 || repeated === MAX_REPEATED) return
      for (const letter of fresh.filter(isMeant)) {
        if (isStopped) return
        yield letter
      }
      if (isStopped) return
    }
  } finally {
    process.off('SIGINT', stop).off('SIGTERM', stop)
    await pMap(
      [...taken.values()].filter(({ isGone }) => !isGone),
      ({ receiptHandle }) =>
        client
          .send(
            new ChangeMessageVisibilityCommand({ QueueUrl: url, ReceiptHandle: receiptHandle, VisibilityTimeout: 0 }),
          )
          // It becomes visible by itself when its timeout ends.
          .catch(() => {}),
      { concurrency: BATCH },
    )
    if (isStopped) process.exit(INTERRUPTED)
  }
}

const letterOf = ({ MessageId = '', Body = '', ReceiptHandle = '', Attributes }: Message): Letter => ({
  id: MessageId,
  receivedAt: new Date(Number(Attributes?.SentTimestamp)).toISOString(),
  text: Body,
  receiptHandle: ReceiptHandle,
})
