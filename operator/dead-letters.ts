import {
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  type Message,
  ReceiveMessageCommand,
  SendMessageCommand,
} from '@aws-sdk/client-sqs'
import pMap from 'p-map'
import { parseCallback } from '../functions/domain/callback.ts'
import type { Queue } from '../functions/platform/queue.ts'
import { countMessages } from '../local/event-source.ts'
import { tableOf } from '../local/table.ts'
import { bulk } from './bulk.ts'
import type { Output } from './output.ts'
import { isSelected, type Selectable, type Selection } from './selection.ts'
import type { Target } from './target.ts'

/** A message that the worker gave up on. */
interface DeadLetter extends Selectable {
  id: string
  text: string
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

/** Lists the messages of the dead-letter queue. */
export async function listLetters(target: Target, { print, printJson }: Output, selection: Selection) {
  let count = 0
  for await (const { id, provider, receivedAt, text } of look(target.deadLetters)) {
    if (!isSelected(selection, { provider, receivedAt })) continue
    count++
    const bytes = Buffer.byteLength(text)
    printJson({ id, provider, receivedAt, bytes }, tableOf([[receivedAt, provider, id, `${bytes} bytes`]]))
  }
  print(count === 0 ? 'no dead letters' : `${count} dead letters`)
}

/** Shows one message as it is in the queue; gives true where there is one. */
export async function showLetter(target: Target, { print, printJson }: Output, id: string): Promise<boolean> {
  for await (const { receiptHandle, ...letter } of look(target.deadLetters)) {
    if (letter.id !== id) continue
    printJson(letter, letter.text)
    return true
  }
  print('no dead letter has that id')
  return false
}

/** Moves messages back to the worker's queue. After an interruption one may be sent twice, which changes nothing. */
export async function redriveLetters(target: Target, output: Output, ids: string[], selection: Selection) {
  const { queue, deadLetters } = target
  const startedAt = Date.now()
  // A message that fails again at once is not moved a second time.
  const isMeant = (letter: DeadLetter) =>
    Date.parse(letter.receivedAt) < startedAt &&
    (ids.length === 0 ? isSelected(selection, letter) : ids.includes(letter.id))
  const found = new Set<string>()
  const letters = look(deadLetters, (letter) => isMeant(letter) && found.add(letter.id).size > 0)
  const total = ids.length > 0 ? ids.length : await countMessages(deadLetters)
  const isWhole = await bulk(output, 'redriven', letters, total, async (letter) => {
    await queue.client.send(new SendMessageCommand({ QueueUrl: queue.url, MessageBody: letter.text }))
    await deadLetters.client.send(
      new DeleteMessageCommand({ QueueUrl: deadLetters.url, ReceiptHandle: letter.receiptHandle }),
    )
    letter.isGone = true
  })
  const missing = ids.filter((id) => !found.has(id))
  for (const id of missing) output.print(`no dead letter has the id ${id}`)
  return isWhole && missing.length === 0
}

/** The messages of a queue: they are received, and made visible again at the end unless they were deleted. */
async function* look({ client, url }: Queue, isMeant = (_: DeadLetter): boolean => true): AsyncGenerator<DeadLetter> {
  const taken = new Map<string, DeadLetter>()
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
      const fresh: DeadLetter[] = []
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

function letterOf({ MessageId = '', Body = '', ReceiptHandle = '', Attributes }: Message): DeadLetter {
  const receivedAt = new Date(Number(Attributes?.SentTimestamp)).toISOString()
  return { id: MessageId, provider: providerOf(Body), receivedAt, text: Body, receiptHandle: ReceiptHandle }
}

function providerOf(text: string): string {
  try {
    return parseCallback(text).provider
  } catch {
    return 'unknown'
  }
}
