import fc from 'fast-check'
import { expect, test } from 'vitest'
import { deliveryPrefix, providerOrderIn, recipientPrefix, recordKey } from '../../functions/domain/key.ts'
import type { StatusRecord } from '../../functions/domain/status.ts'
import { anyRecord, statusRecord, time } from './records.ts'

/** A record, and the provider's own order of it. */
const fact = fc.record({ record: anyRecord, order: fc.option(fc.integer()) })

type Fact = typeof fact extends fc.Arbitrary<infer T> ? T : never

const keyOf = ({ record, order }: Fact) => recordKey(record, order)

/** What the provider reported, as the test sees it. */
const content = ({ record: { receivedAt, normalizer, status, final, order: _, ...rest }, order }: Fact) =>
  JSON.stringify([rest, order])

const FIELDS = Object.keys(statusRecord('sent', 0)) as (keyof StatusRecord)[]

/** Two facts that differ in few fields or in none: two of their own would never be equal. */
const pair = fc
  .tuple(fact, fact, fc.subarray(FIELDS), fc.boolean())
  .map(([one, other, fields, takesOrder]): [Fact, Fact] => [
    one,
    {
      record: { ...one.record, ...Object.fromEntries(fields.map((field) => [field, other.record[field]])) },
      order: takesOrder ? other.order : one.order,
    },
  ])

test('equal keys are equal facts, and equal facts have equal keys', () => {
  let equal = 0
  fc.assert(
    fc.property(pair, ([a, b]) => {
      const isEqual = content(a) === content(b)
      if (isEqual) equal++
      expect(JSON.stringify(keyOf(a)) === JSON.stringify(keyOf(b))).toBe(isEqual)
    }),
    { numRuns: 500 },
  )
  expect(equal).toBeGreaterThan(0)
})

test.each([
  'provider',
  'messageId',
  'recipient',
  'part',
  'channel',
  'providerStatus',
  'description',
  'error',
  'occurredAt',
  'campaign',
  'reference',
  'price',
  'details',
] as const)('records that differ in %s have different keys', (field) => {
  fc.assert(
    fc.property(anyRecord, anyRecord, (a, b) => {
      fc.pre(JSON.stringify(a[field]) !== JSON.stringify(b[field]) && !Object.is(a[field], -0))
      expect(recordKey({ ...a, [field]: b[field] }, 1)).not.toEqual(recordKey(a, 1))
    }),
  )
})

test('nothing that a mapping decides is in the key, nor the time of arrival', () => {
  fc.assert(
    fc.property(fact, anyRecord, ({ record, order: own }, { receivedAt, normalizer, status, final, order }) => {
      expect(recordKey({ ...record, receivedAt, normalizer, status, final, order }, own)).toEqual(
        recordKey(record, own),
      )
    }),
  )
})

test('a sort key gives back the order of the provider', () => {
  fc.assert(
    fc.property(fact, (one) => {
      expect(providerOrderIn(keyOf(one).sk)).toBe(one.order)
    }),
  )
})

test('the order of names in details does not matter', () => {
  const a = recordKey(statusRecord('sent', 0, { details: { x: 1, y: { p: 1, q: 2 } } }), null)
  expect(recordKey(statusRecord('sent', 0, { details: { y: { q: 2, p: 1 }, x: 1 } }), null)).toEqual(a)
})

test("key order is history order: by time, then by the provider's order", () => {
  fc.assert(
    fc.property(anyRecord, time, time, fc.integer(), fc.integer(), (base, t1, t2, o1, o2) => {
      const earlier = t1 < t2 || (t1 === t2 && o1 < o2)
      fc.pre(t1 !== t2 || o1 !== o2)
      const [a, b] = [recordKey({ ...base, occurredAt: t1 }, o1), recordKey({ ...base, occurredAt: t2 }, o2)]
      expect(a.sk < b.sk).toBe(earlier)
    }),
  )
})

test('parts sort as numbers', () => {
  fc.assert(
    fc.property(anyRecord, anyRecord, fc.integer(), fc.integer(), ({ recipient }, b, one, other) => {
      fc.pre(one < other)
      const [first, second] = [
        { ...b, recipient, part: one },
        { ...b, recipient, part: other },
      ]
      expect(recordKey(first, null).sk < recordKey(second, null).sk).toBe(true)
    }),
  )
  const skOf = (part: number) => recordKey(statusRecord('sent', 0, { part }), null).sk
  expect([10, 2, 1].map(skOf).sort()).toEqual([1, 2, 10].map(skOf))
})

test('a prefix holds the records of one recipient, or of one part, and no others', () => {
  fc.assert(
    fc.property(pair, ([{ record: a }, { record: b, order }]) => {
      const { sk } = recordKey(b, order)
      expect(sk.startsWith(recipientPrefix(a.recipient))).toBe(a.recipient === b.recipient)
      expect(sk.startsWith(deliveryPrefix(a))).toBe(a.recipient === b.recipient && a.part === b.part)
    }),
  )
})

test.each([{ details: { a: '\ud800' } }, { details: { a: Number.POSITIVE_INFINITY } }])(
  'what JSON cannot carry has no key',
  (part) => {
    expect(() => recordKey(statusRecord('sent', 0, part), null)).toThrow('is not allowed')
  },
)
