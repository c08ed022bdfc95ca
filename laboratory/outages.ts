import { setTimeout as sleep } from 'node:timers/promises'
import type { Chaos } from './chaos.ts'
import type { Faults } from './faults.ts'
import type { createKeys } from './sender.ts'

/** How long the queue is out of reach, and how long all is there in between, in milliseconds. */
const QUEUE_AWAY = 1_500
const PEACE = 2_000

/** Longer than a receiver may go without the new keys, in milliseconds. */
const ROTATION = 11_000

/** Takes the queue and then the tables away, in whole rounds while it is running: each ends with all there. */
export async function disturbServices(
  chaos: Chaos,
  { restartTables, restartQueue }: Record<'restartTables' | 'restartQueue', () => Promise<void>>,
  isRunning: () => boolean,
): Promise<void> {
  while (isRunning()) {
    await sleep(PEACE)
    chaos.isQueueDown = true
    await sleep(QUEUE_AWAY)
    chaos.isQueueDown = false
    if (!isRunning() && chaos.faults.counts['SQS restarted with its data'] !== 0) return
    await sleep(PEACE)
    chaos.faults.count('DynamoDB restarted with its data')
    await restartTables()
    chaos.faults.count('SQS restarted with its data')
    await restartQueue()
  }
}

/**
 * Rotates all keys again and again: receivers read the new ones, then the providers get them. Every other time one of
 * them is given the key that another one had.
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
    await sleep(ROTATION)
    keys.announce()
    faults.count('secret rotated in the middle of traffic')
    // The next rotation removes the keys with which a callback under way may still be signed.
    for (const end = Date.now() + ROTATION; isRunning() && Date.now() < end; ) await sleep(200)
  }
}
