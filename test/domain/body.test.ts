import { expect, test } from 'vitest'
import { formOrQuery, jsonOrFormOrQuery } from '../../functions/domain/body/form.ts'
import type { Callback } from '../../functions/domain/callback.ts'
import { Malformed } from '../../functions/domain/payload.ts'

const callback = (body: string, query: string): Callback => ({
  provider: 'plivo',
  requestId: 'r-1',
  receivedAt: '2026-01-02T03:04:05.678Z',
  method: 'POST',
  pathParameters: {},
  query,
  contentType: null,
  body,
  encoding: 'utf8',
})

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
