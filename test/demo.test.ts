import { randomUUID } from 'node:crypto'
import { expect, test } from 'vitest'
import { providers } from '../functions/providers/index.ts'
import { demonstrate } from '../local/demo.ts'

// All of the examples are sent by `npm run demo`.
test.each(['1', randomUUID()])('the demo accounts for every callback, whatever the order (seed %s)', async (seed) => {
  const lines: string[] = []
  expect(await demonstrate(seed, (line) => lines.push(line), 6)).toBe(true)
  const [, sent, accepted, ...counts] =
    (lines.at(-1) ?? '').match(
      /(\d+) sent, (\d+) accepted = (\d+) recorded \+ (\d+) duplicate \+ (\d+) ignored \+ (\d+) quarantined/,
    ) ?? []
  expect(accepted).toBe(sent)
  expect(counts.map(Number).reduce((sum, count) => sum + count, 0)).toBe(Number(accepted))
  // A line for each delivery, none of which wraps far.
  const table = lines.flatMap((line) => line.split('\n'))
  const shown = new Set(table.flatMap((line) => /^([a-z0-9]+)\//.exec(line)?.[1] ?? []))
  expect(shown.size).toBeGreaterThan(providers.length / 2)
  for (const line of table.filter((line) => line.includes('/'))) expect(line.length).toBeLessThan(250)
})
