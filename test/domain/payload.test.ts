import { expect, test } from 'vitest'
import * as z from 'zod/mini'
import { readEach, textOf } from '../../functions/domain/payload.ts'

test.each([
  ['a text', 'a text'],
  [17, '17'],
  ['', null],
  [null, null],
  [undefined, null],
  [true, null],
  [['a text'], null],
  [{ toString: 1, valueOf: 1 }, null],
])('%j as a text is %j', (value, text) => expect(textOf(value)).toBe(text))

test('an entry that was taken out is neither an entry nor a problem, and the others keep their places', () => {
  const problems: string[] = []
  expect(readEach(z.string(), [undefined, 'a', 7, 'b'], 'list', problems)).toEqual([
    { entry: 'a', path: 'list[1]' },
    { entry: 'b', path: 'list[3]' },
  ])
  expect(problems).toEqual(['list[2]: expected string'])
})
