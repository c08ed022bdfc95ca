import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { attemptsOf, isWorthwhile, RETENTION, retryAfterIn, retryDelay } from '../../functions/domain/retry.ts'

const HOUR = 3_600
const DAY = 24 * HOUR
const NOW = Date.UTC(2026, 10, 25, 12)

const share = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })

describe('attempts that count', () => {
  test.each([
    [25, undefined, 25],
    [25, 0, 1],
    [25, 10, 2],
    [25, 400, 3],
    [25, 40 * HOUR, 8],
    [2, 40 * HOUR, 2],
    [501, 0, 501],
  ])('of %i receipts, %s seconds after a pause, are %i', (received, sincePause, counted) => {
    expect(attemptsOf(received, sincePause)).toBe(counted)
  })
})

describe('the delay', () => {
  test.each([
    [1, 5],
    [2, 5 * 60],
    [3, 30 * 60],
    [4, 2 * HOUR],
    [5, 5 * HOUR],
    [6, 10 * HOUR],
    [7, 12 * HOUR - 60],
    [8, 12 * HOUR - 60],
    [500, 12 * HOUR - 60],
  ])('after attempt %i is about %i seconds', (attempts, seconds) => {
    const [earliest, middle, latest] = [0, 0.5, 0.999_999].map((random) => retryDelay(attempts, undefined, random))
    expect(middle).toBe(seconds)
    expect(earliest).toBeGreaterThanOrEqual(Math.floor(seconds * 0.9))
    expect(earliest).toBeLessThanOrEqual(seconds)
    expect(latest).toBeLessThanOrEqual(Math.ceil(seconds * 1.1))
  })

  test('is within what SQS takes, at least a second, whole, and varies', () => {
    fc.assert(
      fc.property(
        fc.nat(2_000),
        fc.option(fc.nat(10_000_000), { nil: undefined }),
        share,
        (attempts, asked, random) => {
          const delay = retryDelay(attempts, asked, random)
          expect(Number.isInteger(delay)).toBe(true)
          expect(delay).toBeGreaterThanOrEqual(1)
          expect(delay).toBeLessThanOrEqual(12 * HOUR)
        },
      ),
    )
    expect(new Set(Array.from({ length: 100 }, () => retryDelay(3, undefined, Math.random()))).size).toBeGreaterThan(20)
  })

  test('is never shorter than an endpoint asks for, up to 12 hours', () => {
    fc.assert(
      fc.property(fc.nat(40), fc.nat(12 * HOUR - 60), share, (attempts, asked, random) => {
        const delay = retryDelay(attempts, asked, random)
        expect(delay).toBeGreaterThanOrEqual(asked)
        expect(delay).toBeLessThanOrEqual(Math.max(asked, 5 * Math.max(attempts, 1)) * 1.1 + 1)
      }),
    )
    expect(retryDelay(1, 86_400, 0)).toBe(12 * HOUR - 60)
  })

  test('lets an event come fewer than 1,000 times in 14 days, whatever an endpoint asks for', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(3), { minLength: 1, maxLength: 5 }), (asked) => {
        let [attempts, elapsed] = [1, 0]
        for (; elapsed < RETENTION; attempts++) elapsed += retryDelay(attempts, asked[attempts % asked.length], 0)
        expect(attempts).toBeLessThan(1_000)
      }),
    )
  })

  test('lets an event that nobody takes come 33 to 38 times in 14 days', () => {
    fc.assert(
      fc.property(share, (random) => {
        let [attempts, elapsed] = [1, 0]
        for (; isWorthwhile(NOW, elapsed, NOW); attempts++) elapsed += retryDelay(attempts, undefined, random)
        expect(attempts).toBeGreaterThanOrEqual(33)
        expect(attempts).toBeLessThanOrEqual(38)
      }),
    )
  })
})

describe('another attempt', () => {
  const sentAt = NOW - (14 * DAY - 3 * HOUR) * 1_000

  test('is made where it comes an hour before SQS deletes the message', () => {
    expect(isWorthwhile(sentAt, 2 * HOUR, NOW)).toBe(true)
    expect(isWorthwhile(sentAt, 2 * HOUR + 1, NOW)).toBe(false)
    expect(isWorthwhile(NOW, 12 * HOUR, NOW)).toBe(true)
  })
})

describe('Retry-After', () => {
  test.each([
    ['120', 120],
    [' 0 ', 0],
    ['Wed, 25 Nov 2026 12:01:30 GMT', 90],
    ['Wed, 25 Nov 2026 11:00:00 GMT', 0],
    ['soon', undefined],
    ['-5', undefined],
    ['1.5', undefined],
    ['99999999999999', undefined],
    ['', undefined],
    [undefined, undefined],
  ])('of %j asks for %s seconds', (value, seconds) => {
    expect(retryAfterIn(value, NOW)).toBe(seconds)
  })
})
