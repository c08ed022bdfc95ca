import { setTimeout as sleep } from 'node:timers/promises'
import type { DynamoDBStreamEvent } from 'aws-lambda'
import type { Chaos } from './chaos.ts'
import { isAlive, type Mortal, replyOf } from './mortals.ts'

const SHARE = { twice: 0.25, late: 0.2, death: 0.2 }

/** How long a batch may be held back, in milliseconds: another one of the same deliveries overtakes it. */
const LATE = 500

/** Followers as Lambda runs them: a batch each at a time, a new process for one that has died. */
export function createFollowerPool({ faults, mortals }: Chaos) {
  const idle: Mortal[] = []

  async function invoke(event: DynamoDBStreamEvent): Promise<void> {
    const follower = idle.pop() ?? (await mortals.start('follower-process'))
    if (!isAlive(follower)) return invoke(event)
    if (faults.happens('follower killed in the middle of its batch', SHARE.death))
      setTimeout(() => mortals.kill(follower.name), Math.random() * 20)
    const reply = await replyOf<{ response: true }>(follower, event)
    if ('error' in reply) throw new Error(reply.error)
    idle.push(follower)
  }

  /** The handler of the stream, with what Lambda may do to it. */
  return async function handler(event: DynamoDBStreamEvent): Promise<void> {
    if (faults.happens('follower late', SHARE.late)) await sleep(LATE)
    const isTwice = faults.happens('batch of the stream delivered twice', SHARE.twice)
    await Promise.all([invoke(event), isTwice && invoke(event)])
    if (faults.happens('follower killed before the stream goes on', SHARE.death)) throw new Error('killed')
  }
}
