import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { deliveriesOf } from '../../functions/domain/delivery.ts'
import { historyOf } from '../../functions/domain/history.ts'
import type { LedgerRow } from '../../functions/domain/key.ts'
import type { Status } from '../../functions/domain/status.ts'
import { anyRecord, rowOf, statusRecord } from './records.ts'

/** Where one delivery of these rows stands. */
const standing = (...rows: LedgerRow[]): Status | undefined => deliveriesOf(rows)[0]?.status

/** `sent 4` in seconds, `sent -` without a time, `sent 4 rcs` on a channel, `sent 4 sms 7` with the provider's order. */
const row = (text: string): LedgerRow => {
  const [status, seconds, channel = 'sms', order] = text.split(' ')
  const time = seconds === '-' ? null : Number(seconds)
  return rowOf(statusRecord(status as Status, time, { channel }), order === undefined ? null : Number(order))
}

describe('a delivery stands', () => {
  test.each<[string, Status, string[]]>([
    ['where its last progress is', 'sent', ['queued 0', 'sent 4']],
    ['at an earlier word again, where its provider goes back to it', 'queued', ['sent 0', 'queued 4']],
    ['where it was, after a word that no table has', 'sent', ['sent 0', 'unknown 4']],
    ['at unknown, where nothing else was reported', 'unknown', ['unknown 0']],
    ['at delivered, whatever is sent later by a clock of another', 'delivered', ['delivered 0', 'sent 7']],
    ['at delivered, after a late word that no table has', 'delivered', ['delivered 0', 'unknown 7']],
    ['at undelivered, after a bounce that follows delivery', 'undelivered', ['delivered 0', 'undelivered 60']],
    ['at delivered, after a failure that was put right', 'delivered', ['undelivered 0', 'delivered 60']],
    ['at clicked, after an opening that follows the click', 'clicked', ['delivered 0', 'clicked 5', 'read 9']],
    ['at the later of two of one rank', 'read', ['read 5', 'delivered 0', 'read 9']],
    ['at expired, where it failed and then only progressed', 'expired', ['sent 0', 'expired 4', 'sent 9']],
    ['on the channel that got through, though another fails later', 'delivered', ['delivered 61', 'expired 65 rcs']],
    ['at the progress of a fallback that is under way', 'sent', ['expired 0 rcs', 'sent 4', 'expired 9 rcs']],
    ['at the last failure, where all channels failed', 'undelivered', ['expired 0 rcs', 'undelivered 4']],
    ['at the furthest success of its channels', 'read', ['read 0 rcs', 'delivered 9']],
    ['at read, though its time cannot be read', 'read', ['delivered 5', 'read -']],
    ['at delivered, though only that has a time', 'delivered', ['queued -', 'sent -', 'delivered 5']],
    ["by the provider's order, where times are equal", 'queued', ['sent 0 sms 1', 'queued 0 sms 2']],
    ['by rank, where one of two has no order', 'read', ['delivered 0', 'read 0 sms 4']],
    ["by the provider's order, where no time can be read", 'sent', ['queued - sms 1', 'sent - sms 2']],
  ])('%s', (_, status, rows) => {
    expect(standing(...rows.map(row))).toBe(status)
    expect(standing(...rows.toReversed().map(row))).toBe(status)
  })

  test('with the channel, the finality and the time of the record where it stands', () => {
    const [delivery] = deliveriesOf(['delivered 61', 'expired 65 rcs'].map(row))
    expect(delivery).toMatchObject({ channel: 'sms', final: true, statusAt: '2025-01-22T10:01:01.000Z' })
    expect(delivery?.history.map(({ status }) => status)).toEqual(['delivered', 'expired'])
  })

  test('for each recipient and part on its own', () => {
    const of = (status: Status, recipient: string, part: number) => rowOf(statusRecord(status, 0, { recipient, part }))
    const deliveries = deliveriesOf([of('sent', 'a', 1), of('delivered', 'a', 2), of('failed', 'b', 1)])
    expect(deliveries.map(({ status }) => status)).toEqual(['sent', 'delivered', 'failed'])
  })
})

/** Rows of one delivery, few of which are alike: channels, times and orders that meet. */
const rows = fc.array(
  fc
    .record({
      record: anyRecord,
      channel: fc.constantFrom(null, 'sms', 'rcs'),
      seconds: fc.option(fc.nat(4)),
      order: fc.option(fc.nat(4)),
    })
    .map(({ record: { status, details }, channel, seconds, order }) =>
      rowOf(statusRecord(status, seconds, { channel, details }), order),
    ),
  { minLength: 1, maxLength: 12 },
)

const shuffled = rows.chain((all) =>
  fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length, maxLength: all.length })),
)

describe('whatever the order in which rows are read', () => {
  test('the history is the same', () => {
    fc.assert(
      fc.property(shuffled, ([all, other]) => {
        expect(historyOf(other)).toEqual(historyOf(all))
      }),
    )
  })

  test('the delivery stands at the same status', () => {
    fc.assert(
      fc.property(shuffled, ([all, other]) => {
        expect(standing(...other)).toBe(standing(...all))
      }),
    )
  })

  test('the history holds each row once, those with a time by it', () => {
    fc.assert(
      fc.property(rows, (all) => {
        const history = historyOf(all)
        expect(new Set(history)).toEqual(new Set(all.map(({ record }) => record)))
        const times = history.flatMap(({ occurredAt }) => occurredAt ?? [])
        expect(times).toEqual(times.toSorted())
      }),
    )
  })
})

test('progress never takes a delivery back from its end', () => {
  const progress = fc.constantFrom<Status>('unknown', 'queued', 'sent')
  fc.assert(
    fc.property(rows, progress, fc.nat(4), (all, status, seconds) => {
      const [before] = deliveriesOf(all)
      fc.pre(before?.final === true && all.some(({ record }) => record.channel === before.channel))
      const later = rowOf(statusRecord(status, seconds + 100, { channel: before.channel }))
      expect(standing(...all, later)).toBe(before.status)
    }),
  )
})
