import { describe, expect, test } from 'vitest'
import { deliveriesOf } from '../../functions/domain/delivery.ts'
import { checkSize } from '../../functions/domain/details.ts'
import { historyOf } from '../../functions/domain/history.ts'
import type { LedgerRow } from '../../functions/domain/key.ts'
import type { Fact } from '../../functions/domain/normalizer.ts'
import type { Status } from '../../functions/domain/status.ts'
import { rowOf, statusRecord } from './records.ts'

/** `sent 4` in seconds, `sent -` without a time, `sent 4 7` with the provider's order. */
const row = (text: string): LedgerRow => {
  const [status, seconds, order] = text.split(' ')
  const time = seconds === '-' ? null : Number(seconds)
  return rowOf(statusRecord(status as Status, time, { description: text }), order === undefined ? null : Number(order))
}

describe('a history is', () => {
  test.each<[string, string[]]>([
    ['by time', ['delivered 0', 'sent 4', 'queued 9']],
    ['by time, whatever the order of the provider', ['sent 0 9', 'queued 4 1']],
    ["by the provider's order, where times are equal", ['delivered 0 1', 'sent 0 2', 'queued 0 10']],
    ['by rank, where times are equal and there is no order', ['queued 0', 'sent 0', 'delivered 0', 'read 0']],
    ['by rank, where only one of two has an order', ['queued 0 2', 'sent 0', 'delivered 0 5', 'read 0']],
    ["by the provider's order, where no time can be read", ['delivered - 1', 'sent - 2', 'queued - 3']],
    ['by rank, where no time can be read and there is no order', ['queued -', 'sent -', 'delivered -']],
    ['first what has no time, before all that comes after it by rank', ['queued -', 'sent 4', 'delivered 9']],
    ['what has no time before the first that comes after it by rank', ['queued 0', 'sent -', 'delivered 9', 'read 12']],
    ['what has no time last, after all that comes before it by rank', ['sent 0', 'delivered 9', 'read -']],
    ['what has no time before the first that the provider puts after it', ['delivered 0 1', 'queued - 2', 'sent 9 3']],
    ['all that has no time, each in its place', ['queued -', 'sent 0', 'delivered -', 'read 9', 'clicked -']],
  ])('%s', (_, expected) => {
    const rows = expected.map(row)
    for (const some of [rows, rows.toReversed(), [...rows.slice(1), ...rows.slice(0, 1)]])
      expect(historyOf(some).map(({ description }) => description)).toEqual(expected)
  })
})

test.each([
  ['read 5', 'read 9'],
  ['unknown 5', 'unknown 9'],
  ['sent 5', 'sent 9'],
])('of %s and %s a delivery stands at the later', (...texts) => {
  expect(deliveriesOf(texts.map(row))[0]?.statusAt).toBe('2025-01-22T10:00:09.000Z')
})

describe('a callback of too much', () => {
  const BODY = 1_000_000
  const facts = (count: number, common: Record<string, unknown>): Fact[] =>
    Array.from({ length: count }, () => ({ messageId: 'm', providerStatus: 's', occurredAt: null, common }))

  test('is malformed, with up to 20,000 facts as it should be', () => {
    expect(() => checkSize(facts(20_000, {}), BODY)).not.toThrow()
    expect(() => checkSize(facts(20_001, {}), BODY)).toThrow('body: expected at most 20000 statuses')
  })

  test('is malformed where common members make its records large together', () => {
    const megabyte = { note: 'n'.repeat(1_000_000) }
    expect(() => checkSize(facts(8, megabyte), BODY)).not.toThrow()
    expect(() => checkSize(facts(9, megabyte), BODY)).toThrow('characters together')
    expect(() => checkSize(facts(9, { note: 'n' }), BODY)).not.toThrow()
  })
})
