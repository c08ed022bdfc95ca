import { setTimeout as sleep } from 'node:timers/promises'
import type { Chaos } from './chaos.ts'
import type { Faults } from './faults.ts'
import type { createKeys } from './keys.ts'

/** How long the queue is out of reach, and how long all is there in between, in milliseconds. */
const QUEUE_AWAY = 1_500
const PEACE = 2_000

/** How long other functions use all executions of the account, in milliseconds. */
const BUSY = 500

/** Longer than a receiver may go without the new keys, in milliseconds. */
const ROTATION = 11_000

/** Takes the executions, then the topic, then the queue, then the tables away, again and again while it is running, and once at least. */
export async function disturbServices(
  chaos: Chaos,
  { restartTables, restartQueue }: Record<'restartTables' | 'restartQueue', () => Promise<void>>,
  isRunning: () => boolean,
): Promise<void> {
  for (let round = 0; isRunning(); round++) {
    const isEnough = () => round > 0 && !isRunning()
    await sleep(PEACE / 2)
    chaos.account.isBusy = true
    await sleep(BUSY)
    chaos.account.isBusy = false
    chaos.isTopicDown = true
    await sleep(PEACE / 2)
    chaos.isTopicDown = false
    if (isEnough()) return
    chaos.isQueueDown = true
    await sleep(QUEUE_AWAY)
    chaos.isQueueDown = false
    await sleep(PEACE)
    if (isEnough()) return
    chaos.faults.count('DynamoDB restarted with its data')
    await restartTables()
    chaos.faults.count('SQS restarted with its data')
    await restartQueue()
  }
}

/**
 * Rotates all keys again and again while it is running, and once at least: receivers read the new ones, then the providers
 * get them. Every other time one of them is given the key that another one had.
 */
export async function rotateKeys(
  keys: ReturnType<typeof createKeys>,
  faults: Faults,
  isRunning: () => boolean,
): Promise<void> {
  for (let round = 0; isRunning(); round++) {
    const borrowed = round % 2 === 0 ? { by: 'avaamo', from: 'nifteem' } : undefined
    keys.rotate(borrowed)
    if (borrowed !== undefined) faults.count('secret rotated to the key of another provider')
    await waitForRotation(() => isRunning() || round === 0)
    if (round > 0 && !isRunning()) return
    keys.announce()
    faults.count('secret rotated in the middle of traffic')
    // The next rotation removes the keys with which a callback in transit may still be signed.
    await waitForRotation(isRunning)
  }
}

async function waitForRotation(isWorthwhile: () => boolean): Promise<void> {
  for (const end = Date.now() + ROTATION; isWorthwhile() && Date.now() < end; ) await sleep(200)
}
