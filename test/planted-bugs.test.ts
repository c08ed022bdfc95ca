import { existsSync, readFileSync } from 'node:fs'
import { stripTypeScriptTypes } from 'node:module'
import { expect, test } from 'vitest'
import { planted } from '../laboratory/plant.ts'
import { PLANTED_BUGS } from '../laboratory/planted-bugs.ts'

test.each(PLANTED_BUGS)('$id can be planted: $bug', (bug) => {
  const source = planted(readFileSync(bug.file, 'utf8'), bug)
  expect(
    source,
    `laboratory/planted-bugs.ts: ${bug.file} does not hold the text to be changed exactly once`,
  ).toBeDefined()
  expect(() => stripTypeScriptTypes(source ?? '')).not.toThrow()
  for (const file of bug.tests ?? []) expect(existsSync(file), file).toBe(true)
})

test('each bug has an id of its own', () => {
  expect(new Set(PLANTED_BUGS.map(({ id }) => id)).size).toBe(PLANTED_BUGS.length)
})
