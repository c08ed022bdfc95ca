import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Expectation } from '../../functions/domain/expectation.ts'
import { STATUSES, type Status } from '../../functions/domain/status.ts'
import { summaryOf, summaryOfExpected } from '../../functions/domain/summary.ts'
import { rowOf, statusRecord } from './records.ts'

const HOUR = 3_600_000
const NEVER = { default: null }

const START = Date.UTC(2025, 0, 22, 10)

/** A moment so many seconds into a message's life. */
const at = (seconds: number) => new Date(START + seconds * 1_000).toISOString()

const expectation: Expectation = {
  provider: 'octopush',
  account: null,
  messageId: 'id',
  recipient: '+33600112233',
  part: 1,
  reference: 'order-1',
  campaign: 'expected campaign',
  channel: 'sms',
  sentAt: at(-60),
  patience: null,
  statedAt: at(-30),
}

describe('a summary', () => {
  const rows = [
    statusRecord('queued', 0, { campaign: 'first', price: { amount: 1, currency: 'EUR' } }),
    statusRecord('sent', 2, { reference: 'of the provider', campaign: 'second' }),
    statusRecord('sent', 3, { price: { amount: 2, currency: 'EUR' } }),
    statusRecord('delivered', 5),
    statusRecord('read', 9),
    statusRecord('read', 12, { error: { code: '0', message: 'none' } }),
  ].map((record) => rowOf(record))

  test('says where the delivery stands, and since when', () => {
    expect(summaryOf(rows, undefined, NEVER)).toEqual({
      provider: 'octopush',
      account: null,
      messageId: 'id',
      recipient: null,
      part: null,
      channel: 'sms',
      status: 'read',
      final: true,
      statusAt: at(12),
      error: { code: '0', message: 'none' },
      // The last.
      price: { amount: 2, currency: 'EUR' },
      // The first.
      reference: 'of the provider',
      campaign: 'first',
      firstAt: at(0.5),
      sentAt: at(2),
      deliveredAt: at(5),
      readAt: at(9),
      records: 6,
      dueAt: null,
    })
  })

  test('takes from its sender what no record names', () => {
    const queued = rowOf(statusRecord('queued', 0, { channel: null }))
    expect(summaryOf([queued], expectation, NEVER)).toMatchObject({
      recipient: '+33600112233',
      part: 1,
      channel: 'sms',
      reference: 'order-1',
      campaign: 'expected campaign',
      sentAt: at(-60),
      firstAt: at(0.5),
    })
    expect(summaryOf(rows, expectation, NEVER)).toMatchObject({
      reference: 'of the provider',
      campaign: 'first',
      sentAt: at(2),
    })
  })

  test('has the time of arrival where the provider gives none', () => {
    const timeless = [statusRecord('delivered', null)].map((record) => rowOf(record))
    expect(summaryOf(timeless, undefined, NEVER)).toMatchObject({ statusAt: at(0.5), deliveredAt: at(0.5) })
  })

  test('of what nobody has reported is what the sender says', () => {
    expect(summaryOfExpected({ ...expectation, patience: 90 }, NEVER)).toEqual({
      provider: 'octopush',
      account: null,
      messageId: 'id',
      recipient: '+33600112233',
      part: 1,
      channel: 'sms',
      status: null,
      final: false,
      statusAt: null,
      error: null,
      price: null,
      reference: 'order-1',
      campaign: 'expected campaign',
      firstAt: at(-60),
      sentAt: at(-60),
      deliveredAt: null,
      readAt: null,
      records: 0,
      dueAt: at(30),
    })
  })

  test('is the same in whatever order its rows are given', () => {
    const anyRows = fc.uniqueArray(
      fc
        .record({
          status: fc.constantFrom(...(Object.keys(STATUSES) as Status[])),
          seconds: fc.option(fc.nat(3)),
          channel: fc.constantFrom(null, 'sms', 'rcs'),
          receivedAt: fc.nat(5).map(at),
          reference: fc.constantFrom(null, 'a', 'b'),
          campaign: fc.constantFrom(null, 'a', 'b'),
          price: fc.constantFrom(null, { amount: 1, currency: null }, { amount: 2, currency: null }),
        })
        .map(({ status, seconds, ...more }) => rowOf(statusRecord(status, seconds, more))),
      { minLength: 1, maxLength: 8, selector: ({ sk }) => sk },
    )
    fc.assert(
      fc.property(anyRows, fc.gen(), fc.option(fc.constant(expectation), { nil: undefined }), (rows, gen, expected) => {
        const shuffled = gen(fc.shuffledSubarray, rows, { minLength: rows.length })
        const patience = { default: 72, 'octopush/rcs': 1, nifteem: null }
        expect(summaryOf(shuffled, expected, patience)).toEqual(summaryOf(rows, expected, patience))
      }),
      { numRuns: 500 },
    )
  })
})

describe('a delivery is due', () => {
  const sent = statusRecord('sent', 0)
  const dueAfter = (
    records: readonly ReturnType<typeof statusRecord>[],
    patience: Record<string, number | null>,
    stated?: Partial<Expectation>,
  ): number | null => {
    const rows = records.map((record) => rowOf(record))
    const { dueAt } = summaryOf(rows, stated && { ...expectation, ...stated }, patience)
    return dueAt === null ? null : (Date.parse(dueAt) - START) / HOUR
  }
  /** Records arrive half a second later. */
  const arrival = 0.5 / 3_600

  test.each<[string, number | null, Record<string, number | null>]>([
    ['after the default', 72 + arrival, { default: 72 }],
    ['after what its provider has', 5 + arrival, { default: 72, octopush: 5 }],
    ['after what its provider and channel have', 2 + arrival, { default: 72, octopush: 5, 'octopush/sms': 2 }],
    ['never, where its channel has none', null, { default: 72, octopush: 5, 'octopush/sms': null }],
    ['never, where its provider has none', null, { default: 72, octopush: null }],
    ['never, where nothing has any', null, { default: null }],
    ['never, where nothing is said', null, {}],
    ['as others are not', 72 + arrival, { default: 72, nifteem: 1, 'octopush/rcs': 1 }],
  ])('%s', (_, hours, patience) => {
    const due = dueAfter([sent], patience)
    expect(due?.toFixed(6)).toBe(hours?.toFixed(6))
  })

  test('counted from what its sender says, also where records came earlier', () => {
    expect(dueAfter([sent], { default: 1 }, { sentAt: at(-3_600) })).toBe(0)
    expect(dueAfter([sent], { default: 1 }, { sentAt: at(3_600) })).toBe(2)
  })

  test('after the patience of its sender, also where the stage has none', () => {
    expect(dueAfter([sent], { default: null }, { sentAt: at(0), patience: 7_200 })).toBe(2)
    expect(dueAfter([sent], { default: 72 }, { sentAt: at(0), patience: 7_200 })).toBe(2)
  })

  test('after what the channel has that its sender names, where no record names one', () => {
    const nameless = statusRecord('sent', 0, { channel: null })
    expect(dueAfter([nameless], { default: 72, 'octopush/sms': 3 }, { sentAt: at(0) })).toBe(3)
  })

  test('counted from the first report of the channel that is tried now', () => {
    const fallback = [
      statusRecord('sent', 0, { channel: 'rcs' }),
      statusRecord('expired', 3_600, { channel: 'rcs' }),
      statusRecord('queued', 3_600, { channel: 'sms' }),
      statusRecord('sent', 7_200, { channel: 'sms' }),
    ]
    expect(dueAfter(fallback, { default: 1 })).toBeCloseTo(2 + arrival, 6)
  })

  test('no more, once it is final', () => {
    expect(dueAfter([sent, statusRecord('delivered', 5)], { default: 72 })).toBe(null)
    expect(dueAfter([sent, statusRecord('failed', 5)], { default: 72 }, { patience: 1 })).toBe(null)
  })
})
