import pMap from 'p-map'
import type { Output } from './output.ts'

const CONCURRENCY = 8

/** Anything with an id. */
interface Item {
  id: string
}

/**
 * Does the same to about `total` items, with a progress bar; gives true where all succeeded. It can be interrupted at any time and run
 * again.
 */
export async function bulk<T extends Item>(
  { print, printJson, progress, dryRun }: Output,
  verb: string,
  items: readonly T[] | AsyncIterable<T>,
  total: number,
  act: (item: T) => Promise<void>,
): Promise<boolean> {
  if (dryRun) {
    let count = 0
    for await (const { id } of items) {
      count++
      printJson({ id, [verb]: false }, `would be ${verb}: ${id}`)
    }
    print(`${count} would be ${verb}`)
    return true
  }
  const failures: string[] = []
  let done = 0
  await pMap(
    items,
    async (item) => {
      try {
        await act(item)
        done++
        printJson({ id: item.id, [verb]: true })
      } catch (error) {
        const { message } = error as Error
        failures.push(`${item.id}: ${message}`)
        printJson({ id: item.id, [verb]: false, error: message })
      }
      progress(done + failures.length, total)
    },
    { concurrency: CONCURRENCY },
  )
  print(`${done} of ${done + failures.length} ${verb}`)
  for (const failure of failures) print(`failed: ${failure}`)
  return failures.length === 0
}
