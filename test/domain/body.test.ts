import { expect, test } from 'vitest'
import { formOrQuery, jsonOrFormOrQuery } from '../../functions/domain/body/form.ts'
import { jsonLines } from '../../functions/domain/body/lines.ts'
import { Malformed } from '../../functions/domain/payload.ts'
import { callbackWith } from '../callbacks.ts'

const callback = (body: string, query: string) => callbackWith('plivo', body, { query, contentType: null })

test.each([
  ['a=1&b=&a=2', 'c=3', { a: ['1', '2'], b: '' }],
  ['', 'a=1+2&reference=order-17', { a: '1 2' }],
  ['', 'reference=order-17', undefined],
  ['', '', undefined],
])('of the body %j and the query %j the facts are %j', (body, query, fields) => {
  expect(formOrQuery(callback(body, query))).toEqual(fields)
  expect(jsonOrFormOrQuery(callback(body, query))).toEqual(fields)
})

test('a form of too many fields is refused before it is parsed', () => {
  expect(formOrQuery(callback(`${'&'.repeat(999)}a=1`, ''))).toEqual({ a: '1' })
  expect(() => formOrQuery(callback(`${'&'.repeat(1_000)}a=1`, ''))).toThrow(Malformed)
  expect(() => formOrQuery(callback(`a${'&a'.repeat(2_000_000)}`, ''))).toThrow(Malformed)
})

test.each([
  ['{"a":1}\n{"a":2}\n', [{ a: 1 }, { a: 2 }]],
  ['{"a":1}\r\n\r\n[2]', [{ a: 1 }, [2]]],
  ['{"a":1}', [{ a: 1 }]],
  ['{\n  "a": 1\n}\n', [{ a: 1 }]],
  ['{"a":1}\n{"a":\n3', [{ a: 1 }, '{"a":', 3]],
  ['{"a":1}\n{"__proto__":{}}', [{ a: 1 }, '{"__proto__":{}}']],
  [' \n\n', undefined],
  ['', undefined],
])('of the lines %j the values are %j', (body, values) => {
  expect(jsonLines(callback(body, ''))).toEqual(values)
})

test.each(['{\n  "a":', 'delivered', '{"__proto__":{}}'])('%j is neither a value nor lines', (body) => {
  expect(() => jsonLines(callback(body, ''))).toThrow(Malformed)
})
