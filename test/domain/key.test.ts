import fc from 'fast-check'
import { expect, test } from 'vitest'
import { deliveryPrefix, recipientPrefix, recordKey } from '../../functions/domain/key.ts'
import { STATUSES, type Status, type StatusRecord } from '../../functions/domain/status.ts'

const text = fc.oneof(fc.string(), fc.constantFrom('', '#', '%', '%23', 'a#b', '-', '+33600112233', 'a@example.com'))
const time = fc
  .date({ min: new Date('0001-01-01'), max: new Date('9999-12-31'), noInvalidDate: true })
  .map((date) => date.toISOString())

const record: fc.Arbitrary<StatusRecord> = fc.record({
  provider: fc.constantFrom('octopush', 'nifteem'),
  messageId: text,
  recipient: fc.option(text),
  part: fc.option(fc.integer()),
  channel: fc.option(text),
  status: fc.constantFrom(...(Object.keys(STATUSES) as Status[])),
  final: fc.boolean(),
  providerStatus: text,
  description: fc.option(text),
  error: fc.option(fc.record({ code: fc.option(text), message: fc.option(text) })),
  occurredAt: fc.option(time),
  receivedAt: time,
  order: fc.integer(),
  campaign: fc.option(text),
  normalizer: fc.nat(),
  price: fc.option(
    fc.record({ amount: fc.double({ noNaN: true, noDefaultInfinity: true }), currency: fc.option(text) }),
  ),
  details: fc.dictionary(text, fc.oneof(text, fc.integer(), fc.constant(null))),
})

/** What the provider told of a record, and where the ledger puts it. */
const told = ({ receivedAt, normalizer, status, final, ...rest }: StatusRecord) => JSON.stringify(rest)

test('equal keys mean equal facts', () => {
  fc.assert(
    fc.property(record, record, (a, b) => {
      expect(JSON.stringify(recordKey(a)) === JSON.stringify(recordKey(b))).toBe(told(a) === told(b))
    }),
  )
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
  'order',
  'campaign',
  'price',
  'details',
] as const)('records that differ in %s have different keys', (field) => {
  fc.assert(
    fc.property(record, record, (a, b) => {
      fc.pre(JSON.stringify(a[field]) !== JSON.stringify(b[field]) && !Object.is(a[field], -0))
      expect(recordKey({ ...a, [field]: b[field] })).not.toEqual(recordKey(a))
    }),
  )
})

test('our own mapping and the time of arrival are not in the key', () => {
  fc.assert(
    fc.property(record, record, (a, { receivedAt, normalizer, status, final }) => {
      expect(recordKey({ ...a, receivedAt, normalizer, status, final })).toEqual(recordKey(a))
    }),
  )
})

test('the order of names in details does not matter', () => {
  const base = fc.sample(record, 1)[0] as StatusRecord
  const a = recordKey({ ...base, details: { x: 1, y: { p: 1, q: 2 } } })
  expect(recordKey({ ...base, details: { y: { q: 2, p: 1 }, x: 1 } })).toEqual(a)
})

test('key order is history order: by time, then by order', () => {
  fc.assert(
    fc.property(record, time, time, fc.integer(), fc.integer(), (base, t1, t2, o1, o2) => {
      const earlier = t1 < t2 || (t1 === t2 && o1 < o2)
      fc.pre(t1 !== t2 || o1 !== o2)
      const [a, b] = [
        recordKey({ ...base, occurredAt: t1, order: o1 }),
        recordKey({ ...base, occurredAt: t2, order: o2 }),
      ]
      expect(a.sk < b.sk).toBe(earlier)
    }),
  )
})

test('a record without a time sorts by its order, before those with one', () => {
  fc.assert(
    fc.property(record, time, fc.integer(), fc.integer(), (base, occurredAt, o1, o2) => {
      fc.pre(o1 < o2)
      const [first, second, dated] = [
        recordKey({ ...base, occurredAt: null, order: o1 }),
        recordKey({ ...base, occurredAt: null, order: o2 }),
        recordKey({ ...base, occurredAt, order: o1 }),
      ]
      expect(first.sk < second.sk && second.sk < dated.sk).toBe(true)
    }),
  )
})

test('a prefix holds the records of one recipient, or of one part, and no others', () => {
  fc.assert(
    fc.property(record, record, (a, b) => {
      const { sk } = recordKey(b)
      expect(sk.startsWith(recipientPrefix(a.recipient))).toBe(a.recipient === b.recipient)
      expect(sk.startsWith(deliveryPrefix(a))).toBe(a.recipient === b.recipient && a.part === b.part)
    }),
  )
})

test.each([{ details: { a: '\ud800' } }, { details: { a: Number.POSITIVE_INFINITY } }])(
  'what JSON cannot carry has no key',
  (part) => {
    const base = fc.sample(record, 1)[0] as StatusRecord
    expect(() => recordKey({ ...base, ...part })).toThrow('is not allowed')
  },
)
