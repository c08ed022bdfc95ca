import { describe, expect, test } from 'vitest'
import * as z from 'zod/mini'
import { readEach, readJson, textOf } from '../../functions/domain/payload.ts'

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

describe('a body with an object of more than 20,000 members', () => {
  const members = (count: number) => Array.from({ length: count }, (_, index) => `"k${index}":0`).join(',')

  test.each([
    ['is refused', (object: string) => object],
    ['is refused where it stands in another', (object: string) => `{"a":[0,null,{"b":${object}}]}`],
    ['is refused however deep it stands', (object: string) => `${'['.repeat(100_000)}${object}${']'.repeat(100_000)}`],
  ])('%s', (_, within) => {
    expect(() => readJson(within(`{${members(20_001)}}`))).toThrow('body: expected objects of at most 20000 members')
    expect(() => readJson(within(`{${members(20_000)}}`))).not.toThrow()
  })

  test('may have them in several', () => {
    const objects = Array.from({ length: 3 }, () => `{${members(10_000)}}`)
    expect(readJson(`[${objects}]`)).toHaveLength(3)
  })
})
