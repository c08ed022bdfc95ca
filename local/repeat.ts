import { setTimeout as sleep } from 'node:timers/promises'

/** Does something again and again with a pause, in milliseconds, also where it fails: an emulator may be away for a while. `stop` resolves when it has ended. */
export function repeat(act: () => Promise<unknown>, pause: number): { stop(): Promise<void> } {
  const stopping = new AbortController()
  const { signal } = stopping
  const repeating = (async () => {
    while (!signal.aborted) await Promise.allSettled([act(), sleep(pause, undefined, { signal })])
  })()
  return {
    async stop() {
      stopping.abort()
      await repeating
    },
  }
}
