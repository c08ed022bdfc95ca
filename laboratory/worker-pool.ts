import { setTimeout as sleep } from 'node:timers/promises'
import type { SQSBatchResponse, SQSEvent } from 'aws-lambda'
import type { Chaos } from './chaos.ts'
import { contentOf } from './contract.ts'
import { isAlive, type Mortal, replyOf } from './mortals.ts'

/** The outcome of a callback that a worker finished. */
interface Finished {
  callback: { provider: string; body: string; query: string }
  result: string
}

interface Reply {
  response: SQSBatchResponse
  outcomes: Finished[]
}

const SHARE = { twice: 0.05, late: 0.04, death: 0.06 }

/** Before a throttled invocation is tried again, in milliseconds. */
const PAUSE = 100

/** Workers as Lambda runs them: a batch each at a time, a new process for one that has died. */
export function createWorkerPool(chaos: Chaos, visibilityTimeout: number) {
  const { random, faults, mortals, account } = chaos
  const idle: (Mortal & { version: string })[] = []
  /** How many messages workers were given, by provider. */
  const given = new Map<string, number>()
  /** The reported outcomes of each callback, by its content. */
  const outcomes = new Map<string, Set<string>>()
  /** Messages of finished batches. */
  const acknowledged = new Set<string>()

  async function invoke(event: SQSEvent): Promise<SQSBatchResponse> {
    const version = chaos.version()
    const worker = idle.find((one) => isAlive(one) && one.version === version) ?? {
      ...(await mortals.start('worker-process', { MAPPINGS: version })),
      version,
    }
    if (idle.includes(worker)) idle.splice(idle.indexOf(worker), 1)
    for (const { body } of event.Records) {
      const { provider } = JSON.parse(body)
      given.set(provider, (given.get(provider) ?? 0) + 1)
    }
    if (faults.surely('worker killed before its batch', SHARE.death)) {
      mortals.kill(worker.name)
    }
    const reply = await replyOf<Reply>(worker, event)
    if ('error' in reply) throw new Error(reply.error)
    idle.push(worker)
    for (const { callback, result } of reply.outcomes) {
      const content = contentOf(callback)
      outcomes.set(content, (outcomes.get(content) ?? new Set()).add(result))
    }
    return reply.response
  }

  /**
   * Throttled invocations are tried again until the messages are visible again.
   * https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html
   */
  async function invokeWhenFree(event: SQSEvent): Promise<SQSBatchResponse> {
    for (const end = Date.now() + visibilityTimeout * 1_000; Date.now() < end; await sleep(PAUSE)) {
      const response = await account.execute('Lambda throttles a worker', () => invoke(event))
      if (response !== undefined) return response
    }
    throw new Error('throttled')
  }

  /** The handler of the event source, with what a queue may do to it. */
  async function handler({ Records }: SQSEvent): Promise<SQSBatchResponse> {
    const shuffled = faults.isActive ? shuffle(Records) : Records
    const isTwice = faults.surely('message delivered twice', SHARE.twice)
    const [response] = await Promise.all([
      invokeWhenFree({ Records: shuffled }),
      isTwice && invokeWhenFree({ Records: shuffled }),
    ])
    if (faults.surely('message visible again in the middle of work', SHARE.late)) {
      await sleep(visibilityTimeout * 1_000 + 500)
    }
    if (faults.surely('worker killed before the acknowledgement', SHARE.death)) {
      throw new Error('killed')
    }
    const failed = new Set(response.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier))
    for (const { messageId } of Records) if (!failed.has(messageId)) acknowledged.add(messageId)
    return response
  }

  function shuffle<T>(items: T[]): T[] {
    if (items.length > 1) faults.count('messages delivered out of order')
    return items
      .map((item) => ({ item, rank: random.integer(0, 1_000_000) }))
      .sort((a, b) => a.rank - b.rank)
      .map(({ item }) => item)
  }

  return { handler, outcomes, acknowledged, given }
}
