import { setTimeout as sleep } from 'node:timers/promises'

/** Looks again and again until there is something; gives it. Milliseconds. */
export async function until<T>(
  find: () => T | undefined | false | Promise<T | undefined | false>,
  patience = 20_000,
): Promise<T> {
  const end = Date.now() + patience
  for (;;) {
    const found = await find()
    if (found) return found
    if (Date.now() > end) throw new Error('expected something before the time-out')
    await sleep(20)
  }
}
