import { describe, expect, test } from 'vitest'
import { deliveriesOf } from '../../functions/domain/delivery.ts'
import { rowBytesOf, writesOf } from '../../functions/domain/details.ts'
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
  const facts = (count: number, common: Record<string, unknown>): Fact[] =>
    Array.from({ length: count }, () => ({ messageId: 'm', providerStatus: 's', occurredAt: null, common }))

  test.each([
    ['10,800 small ones of one message', 10_800, 'n'.repeat(300), 10_800],
    ['6,000 of a little more than a KB', 6_000, 'n'.repeat(1_000), 12_000],
    ['46 of a quarter of a megabyte', 46, 'n'.repeat(262_144), 46 * 257],
    ['3,000 of a thousand characters of three bytes', 3_000, '\u20ac'.repeat(1_000), 12_000],
  ])('is taken up to 12,000 writes: %s', (_, count, note, writes) => {
    const bytes = rowBytesOf(facts(count, { note }))
    expect(bytes.reduce((sum, own) => sum + writesOf(own), 0)).toBe(writes)
  })

  test.each([
    ['12,001 small ones', 12_001, ''],
    ['6,001 of a little more than a KB', 6_001, 'n'.repeat(1_000)],
    ['47 of a quarter of a megabyte', 47, 'n'.repeat(262_144)],
    ['3,001 of a thousand characters of three bytes', 3_001, '\u20ac'.repeat(1_000)],
  ])('is malformed above: %s', (_, count, note) => {
    expect(() => rowBytesOf(facts(count, { note }))).toThrow('body: expected statuses that cost at most 12000 writes')
  })
})
