import { setTimeout as sleep } from 'node:timers/promises'

/** The most milliseconds of a start that it may take: Lambda allows ten seconds before it starts again. */
const PATIENCE = 3_000

/**
 * Resolves when all calls are over, well or not: connections are made, and the SDK has done once what it does for each
 * callback, while nobody waits for it and Lambda gives the most CPU.
 */
export async function warmUp(...calls: (() => Promise<unknown>)[]): Promise<void> {
  await Promise.race([Promise.allSettled(calls.map((call) => call())), sleep(PATIENCE, undefined, { ref: false })])
}
