import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { DeleteMessageCommand, ReceiveMessageCommand, SendMessageCommand } from '@aws-sdk/client-sqs'
import { countMessages, type Queue } from '../functions/platform/queue.ts'
import { bodyContentOf } from './contract.ts'
import type { Faults } from './faults.ts'
import type { Attempt } from './lives.ts'
import type { ShownDelivery } from './oracle.ts'
import type { Random } from './random.ts'

/** An item of the quarantine as the query API lists it. */
interface Item {
  id: string
  provider: string
  body: string
  reason: string
}

const PAUSE = 1_500

/** Bodies that an operator drops when all is calm. */
const DROPS = 2

/**
 * An operator who reads and replays through the query API, and drops by the command line of `root`. `url` gives a receiver
 * that is up.
 */
export function createOperating(url: () => string, root: string, faults: Faults, random: Random) {
  const call = (path: string, method = 'GET') => fetch(`${url()}${path}`, { method })

  async function read<T>(path: string): Promise<T> {
    const response = await call(path)
    if (!response.ok) throw new Error(`${path}: ${response.status}`)
    return (await response.json()) as T
  }

  async function list(): Promise<Item[]> {
    const items: Item[] = []
    for (let cursor: string | null = ''; cursor !== null; ) {
      const page: { items: Item[]; cursor: string | null } = await read(
        `/v1/quarantine?limit=200${cursor && `&cursor=${cursor}`}`,
      )
      items.push(...page.items)
      cursor = page.cursor
    }
    return items
  }

  const replay = async ({ id }: Item) => (await call(`/v1/quarantine/${id}/replay`, 'POST')).status === 202

  return {
    list,

    /** Replays what is in quarantine, whatever it is, while all else goes on. */
    async replayAgainAndAgain(isRunning: () => boolean): Promise<void> {
      while (isRunning()) {
        await sleep(PAUSE)
        const { items } = await read<{ items: Item[] }>('/v1/quarantine?limit=20').catch(() => ({ items: [] }))
        const item = items.length > 0 ? random.pick(items) : undefined
        if (item && (await replay(item).catch(() => false))) faults.count('callback replayed in the middle of traffic')
      }
    },

    /** Replays all that a mapping can read by now; gives how many that were. */
    async replayReadable(accepted: readonly Attempt[]): Promise<number> {
      const readable = new Set(accepted.filter(({ fates }) => fates.includes('released')).map(bodyContentOf))
      const items = (await list()).filter((item) => readable.has(bodyContentOf(item)))
      for (const item of items) if (!(await replay(item))) throw new Error(`${item.id} cannot be replayed`)
      return items.length
    },

    /** Drops some callbacks permanently; gives their content. */
    async drop(): Promise<Set<string>> {
      const items = await list()
      const dropped = new Set(items.slice(0, DROPS).map(bodyContentOf))
      const gone = items.filter((item) => dropped.has(bodyContentOf(item))).map(({ id }) => id)
      const ledger = [join(root, 'bin', 'ledger.ts'), '--url', url()]
      if (gone.length > 0) await promisify(execFile)(process.execPath, [...ledger, 'quarantine', 'drop', ...gone])
      for (const _ of gone) faults.count('callback dropped from quarantine')
      return dropped
    },

    /** What is shown of a message, page by page. */
    async show(provider: string, messageId: string): Promise<ShownDelivery[]> {
      const deliveries: ShownDelivery[] = []
      for (let cursor: string | null = ''; cursor !== null; ) {
        const page: { deliveries: ShownDelivery[]; cursor: string | null } = await read(
          `/v1/messages/${provider}/${encodeURIComponent(messageId)}?limit=1000${cursor && `&cursor=${cursor}`}`,
        )
        const last = deliveries.at(-1)
        const [next, ...others] = page.deliveries
        const isSame = last && next && last.recipient === next.recipient && last.part === next.part
        if (isSame) last.history.push(...next.history)
        deliveries.push(...(isSame ? others : page.deliveries))
        cursor = page.cursor
      }
      return deliveries
    },
  }
}

/** Moves all dead letters back into the queue, as SQS does it; gives their ids. */
export async function redrive(deadLetters: Queue, queue: Queue, faults: Faults): Promise<string[]> {
  const moved: string[] = []
  while ((await countMessages(deadLetters)) > 0) {
    const { Messages = [] } = await deadLetters.client.send(
      new ReceiveMessageCommand({ QueueUrl: deadLetters.url, MaxNumberOfMessages: 10, WaitTimeSeconds: 1 }),
    )
    for (const { MessageId = '', Body = '', ReceiptHandle } of Messages) {
      await queue.client.send(new SendMessageCommand({ QueueUrl: queue.url, MessageBody: Body }))
      await deadLetters.client.send(new DeleteMessageCommand({ QueueUrl: deadLetters.url, ReceiptHandle }))
      moved.push(MessageId)
      faults.count('dead letter redriven')
    }
  }
  return moved
}
