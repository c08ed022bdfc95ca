import { setTimeout as sleep } from 'node:timers/promises'
import type { DynamoDBStreamEvent } from 'aws-lambda'
import type { Chaos } from './chaos.ts'
import { isAlive, type Mortal, replyOf } from './mortals.ts'

const SHARE = { twice: 0.25, late: 0.2, death: 0.2 }

/** How long a batch may be held back, in milliseconds: another one of the same deliveries overtakes it. */
const LATE = 500

/** Readers of a stream as Lambda runs them: a batch each at a time, a new process for one that has died. */
export function createStreamPool({ faults, mortals }: Chaos, role: 'follower' | 'publisher') {
  const idle: Mortal[] = []

  async function invoke(event: DynamoDBStreamEvent): Promise<void> {
    const reader = idle.pop() ?? (await mortals.start(`${role}-process`))
    if (!isAlive(reader)) return invoke(event)
    if (faults.surely(`${role} killed in the middle of its batch`, SHARE.death))
      setTimeout(() => mortals.kill(reader.name), Math.random() * 20)
    const reply = await replyOf<{ response: true }>(reader, event)
    if ('error' in reply) throw new Error(reply.error)
    idle.push(reader)
  }

  /** The handler of the stream, with what Lambda may do to it. */
  return async function handler(event: DynamoDBStreamEvent): Promise<void> {
    if (faults.surely(`${role} late`, SHARE.late)) await sleep(LATE)
    const isTwice = faults.surely(`batch of the ${role}'s stream delivered twice`, SHARE.twice)
    await Promise.all([invoke(event), isTwice && invoke(event)])
    if (faults.surely(`${role} killed before the stream goes on`, SHARE.death)) throw new Error('killed')
  }
}
