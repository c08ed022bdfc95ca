import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { unixOccurrence } from '../../functions/domain/normalizer.ts'
import { isFaithful, readTimestamp, readUnixTime } from '../../functions/domain/timestamp.ts'

describe('readTimestamp', () => {
  test.each([
    ['2020-05-04 22:07:01:226', 'UTC', '2020-05-04T22:07:01.226Z'],
    ['2020-05-04 22:05:00.325', 'UTC', '2020-05-04T22:05:00.325Z'],
    ['2020-05-04T22:07:01Z', 'UTC', '2020-05-04T22:07:01.000Z'],
    ['2020-05-04t22:07:01.226123z', 'UTC', '2020-05-04T22:07:01.226Z'],
    ['2020-05-04T22:07:01.9999Z', 'UTC', '2020-05-04T22:07:01.999Z'],
    ['2020-05-04T22:07:01+02:00', 'Europe/Paris', '2020-05-04T20:07:01.000Z'],
    ['2020-05-04T22:07:01-03:30', 'UTC', '2020-05-05T01:37:01.000Z'],
    [' 2025-01-22 11:46:06 ', 'Europe/Paris', '2025-01-22T10:46:06.000Z'],
    ['2025-07-22 11:46:06', 'Europe/Paris', '2025-07-22T09:46:06.000Z'],
    ['2024-02-29 00:00:00', 'UTC', '2024-02-29T00:00:00.000Z'],
    ['2020-05-04T22:07:01+23:59', 'UTC', '2020-05-03T22:08:01.000Z'],
    ['2025-01-22T10:00Z', 'UTC', '2025-01-22T10:00:00.000Z'],
    ['2025-01-22 11:46', 'Europe/Paris', '2025-01-22T10:46:00.000Z'],
    ['Thu, 23 Jun 2022 19:03:44 GMT', 'Europe/Paris', '2022-06-23T19:03:44.000Z'],
    ['thu, 01 feb 2024 00:00:00 gmt', 'UTC', '2024-02-01T00:00:00.000Z'],
    ['Thu, 30 Feb 2022 19:03:44 GMT', 'UTC', null],
    ['Thu, 23 Foo 2022 19:03:44 GMT', 'UTC', null],
    ['2020-05-04T22:07:01+24:00', 'UTC', null],
    ['2020-05-04T22:07:01-02:60', 'UTC', null],
  ])('reads %s in %s', (text, zone, expected) => expect(readTimestamp(text, zone)).toBe(expected))

  test.each([
    ['the last second before the repeated hour', '2025-10-26 01:59:59', '2025-10-25T23:59:59.000Z'],
    ['the repeated hour as its first pass', '2025-10-26 02:30:00', '2025-10-26T00:30:00.000Z'],
    ['the first second after it', '2025-10-26 03:00:00', '2025-10-26T02:00:00.000Z'],
    ['the skipped hour as if the clock had not changed', '2025-03-30 02:30:00', '2025-03-30T01:30:00.000Z'],
    ['the first second after that', '2025-03-30 03:00:00', '2025-03-30T01:00:00.000Z'],
  ])('reads %s', (_, text, expected) => expect(readTimestamp(text, 'Europe/Paris')).toBe(expected))

  test.each([
    '',
    'yesterday',
    '2025-01-22',
    '22/01/2025 11:46:06',
    '2025-02-30 11:46:06',
    '2025-13-01 00:00:00',
    '2025-01-22 24:00:00',
    '2025-01-22 11:46:60',
    '12025-01-22 11:46:06',
    '2025-01-22 11:46:06 CET',
    '1737542766',
    '9999-12-31T23:59:59-05:00',
  ])('cannot read %j', (text) => expect(readTimestamp(text, 'UTC')).toBeNull())

  test('gives back every instant that it is given in RFC 3339, whatever the zone', () => {
    const instants = fc.date({ min: new Date('0001-01-02'), max: new Date('9999-12-30'), noInvalidDate: true })
    fc.assert(
      fc.property(instants, fc.constantFrom('UTC', 'Europe/Paris', 'Asia/Kolkata'), (date, zone) => {
        expect(readTimestamp(date.toISOString(), zone)).toBe(date.toISOString())
      }),
    )
  })

  test('agrees with the clock on the wall of every zone', () => {
    const instants = fc.date({ min: new Date('1990-01-01'), max: new Date('2035-01-01'), noInvalidDate: true })
    fc.assert(
      fc.property(
        instants,
        fc.constantFrom('Europe/Paris', 'America/New_York', 'Australia/Lord_Howe', 'Asia/Kathmandu'),
        (date, zone) => {
          const wall = (instant: Date) => instant.toLocaleString('sv-SE', { timeZone: zone })
          const read = readTimestamp(wall(date), zone)
          // A repeated wall time gives its first pass: the same on the wall, and never later.
          expect(wall(new Date(read ?? 0))).toBe(wall(date))
          expect(Date.parse(read ?? '')).toBeLessThanOrEqual(date.getTime())
        },
      ),
    )
  })
})

test.each([
  ['2020-05-04T22:07:01.226Z', '2020-05-04 22:07:01:226', true],
  ['2020-05-04T22:07:01.000Z', '2020-05-04T22:07:01Z', true],
  ['2020-05-04T22:07:01.226Z', '2020-05-04T22:07:01.226000Z', true],
  ['2020-05-04T22:07:01.226Z', '2020-05-04T22:07:01.226123Z', false],
  ['2020-05-04T20:07:01.000Z', '2020-05-04T22:07:01+02:00', false],
  [null, 'yesterday', false],
])('%s alone gives back %s: %s', (occurredAt, text, expected) => expect(isFaithful(occurredAt, text)).toBe(expected))

describe('a time that is counted since 1970', () => {
  test.each([
    ['1430812195', 'seconds', '2015-05-05T07:49:55.000Z'],
    [' 1430812195.25 ', 'seconds', '2015-05-05T07:49:55.250Z'],
    ['1430812195.123999', 'seconds', '2015-05-05T07:49:55.123Z'],
    ['1704106800001', 'milliseconds', '2024-01-01T11:00:00.001Z'],
    ['1704106800001.9', 'milliseconds', '2024-01-01T11:00:00.001Z'],
    ['0', 'seconds', '1970-01-01T00:00:00.000Z'],
    ['253402300799', 'seconds', '9999-12-31T23:59:59.000Z'],
    ['253402300800', 'seconds', null],
    ['-1', 'seconds', null],
    ['1.4e9', 'seconds', null],
    ['yesterday', 'seconds', null],
    ['', 'milliseconds', null],
  ] as const)('%j %s are %s', (text, unit, expected) => expect(readUnixTime(text, unit)).toBe(expected))

  test.each([
    ['1430812195', 'seconds', {}],
    ['1430812195.250', 'seconds', {}],
    ['1430812195.1239', 'seconds', { time: '1430812195.1239' }],
    ['1704106800001', 'milliseconds', {}],
    ['1704106800001.5', 'milliseconds', { time: '1704106800001.5' }],
    ['yesterday', 'seconds', { time: 'yesterday' }],
  ] as const)('keeps the text where it says more: %j %s', (text, unit, raw) =>
    expect(unixOccurrence('time', text, unit).raw).toEqual(raw),
  )
})
