import { expect, test } from 'vitest'
import { demonstrate } from '../local/demo.ts'

test.each(['1', 'another seed'])('the demo accounts for every callback, whatever the order (seed %s)', async (seed) => {
  const lines: string[] = []
  expect(await demonstrate(seed, (line) => lines.push(line))).toBe(true)
  const [, sent, accepted, ...counts] =
    (lines.at(-1) ?? '').match(
      /(\d+) sent, (\d+) accepted = (\d+) recorded \+ (\d+) duplicate \+ (\d+) ignored \+ (\d+) quarantined/,
    ) ?? []
  expect(accepted).toBe(sent)
  expect(counts.map(Number).reduce((sum, count) => sum + count, 0)).toBe(Number(accepted))
  // A line for each delivery, none of which wraps far.
  const table = lines.flatMap((line) => line.split('\n'))
  expect(table.filter((line) => line.startsWith('telesign/35C8B5D509BC10689196FED2AD551B8A'))).toHaveLength(1)
  for (const line of table.filter((line) => line.includes('/'))) expect(line.length).toBeLessThan(250)
})
