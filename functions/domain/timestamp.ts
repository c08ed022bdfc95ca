import { tzOffset } from '@date-fns/tz/tzOffset'

const SECOND = 1_000
const MINUTE = 60 * SECOND
const DAY = 24 * 60 * MINUTE

/**
 * `yyyy-MM-dd`, `T` or a blank, `HH:mm`, seconds, a fraction after a dot or (TeleSign) a colon, an offset: the last three are
 * optional.
 */
const SHAPE = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d)(?:(:[0-5]\d)(?:[.:](\d{1,9}))?)?(Z|[+-](?:[01]\d|2[0-3]):?[0-5]\d)?$/i

/**
 * `Thu, 23 Jun 2022 19:03:44 GMT`, https://www.rfc-editor.org/rfc/rfc9110#section-5.6.7, or an offset in place of the name,
 * https://www.rfc-editor.org/rfc/rfc5322#section-3.3
 */
const MAIL_DATE = /^(?:[a-z]{3}, )?(\d\d?) ([a-z]{3}) (\d{4}) (\d\d:\d\d:\d\d) (GMT|UTC|UT|Z|[+-]\d{4})$/i

const MONTHS = 'jan feb mar apr may jun jul aug sep oct nov dec'.split(' ')

/** `2020-05-04T22:07` */
const MINUTE_LENGTH = 16

/**
 * When a provider says that something happened: RFC 3339, UTC, milliseconds (further digits are cut off); null where the
 * text is no such time. A text without an offset is in `timeZone`, an IANA name. The hour that the end of summer time
 * repeats is read as its first pass; a time that its beginning skips, as if the clock had not been changed yet.
 */
export function readTimestamp(text: string, timeZone: string): string | null {
  const [, date, time, seconds = ':00', fraction = '', offset] = SHAPE.exec(isoOf(text.trim())) ?? []
  if (date === undefined) return null
  const minute = minuteInUtc(`${date}T${time}`, offset ?? timeZone)
  return minute && `${minute}${seconds}.${fraction.slice(0, 3).padEnd(3, '0')}Z`
}

function isoOf(text: string): string {
  const [, day = '', name = '', year, time, offset = ''] = MAIL_DATE.exec(text) ?? []
  const month = MONTHS.indexOf(name.toLowerCase()) + 1
  return month === 0
    ? text
    : `${year}-${String(month).padStart(2, '0')}-${day.padStart(2, '0')}T${time}${/^[+-]/.test(offset) ? offset : 'Z'}`
}

/** A count of seconds or milliseconds since 1970, perhaps with a fraction. */
const UNIX_TIME = /^(\d{1,14})(?:\.(\d+))?$/

/**
 * A time that is counted since 1970, as RFC 3339 in UTC with milliseconds (further digits are cut off); null where the text
 * is none, or is after the year 9999. Read from the text, since a double rounds microseconds.
 */
export function readUnixTime(text: string, unit: 'seconds' | 'milliseconds'): string | null {
  const [, whole = '', fraction = ''] = UNIX_TIME.exec(text.trim()) ?? []
  if (whole === '') return null
  const time = Number(unit === 'milliseconds' ? whole : whole + fraction.slice(0, 3).padEnd(3, '0'))
  return time < END_OF_TIME ? new Date(time).toISOString() : null
}

const END_OF_TIME = Date.UTC(10_000, 0, 1)

/** True where the record keeps all that the text said: the same digits, except zeros at the end. */
export const isFaithful = (occurredAt: string | null, text: string): boolean =>
  occurredAt !== null && significantDigits(occurredAt) === significantDigits(text)

const significantDigits = (text: string) => text.replace(/\D/g, '').replace(/0+$/, '')

/** Loads a zone's rules, which the runtime else does with its first time, and takes as long for as for a call to AWS. */
export const loadZone = (timeZone: string): void => void offsetOf(timeZone, 0)

const minutes = new Map<string, string | null>()
const MAX_MINUTES = 10_000

/** Clocks are changed on the minute, and times come in clusters: each minute is worked out once. */
function minuteInUtc(wallClock: string, zone: string): string | null {
  const name = zone + wallClock
  const known = minutes.get(name)
  if (known !== undefined) return known
  if (minutes.size >= MAX_MINUTES) minutes.clear()
  const minute = toUtc(wallClock, zone)
  minutes.set(name, minute)
  return minute
}

function toUtc(wallClock: string, zone: string): string | null {
  const time = Date.parse(`${wallClock}Z`)
  // Date.parse rolls 30 February over into March; a day that does not exist cannot be read.
  if (Number.isNaN(time) || !new Date(time).toISOString().startsWith(wallClock)) return null
  const instant = new Date(time - offsetOf(zone, time)).toISOString()
  return /^\d/.test(instant) ? instant.slice(0, MINUTE_LENGTH) : null
}

/** Milliseconds ahead of UTC, of a wall clock that is given as if it were in UTC. */
function offsetOf(zone: string, wallClock: number): number {
  if (/^(UTC|Z)$/i.test(zone)) return 0
  if (!/^[+-]/.test(zone)) return findOffset(wallClock, zone)
  const [hours, minutes] = [Number(zone.slice(1, 3)), Number(zone.slice(-2))]
  return (hours * 60 + minutes) * MINUTE * (zone.startsWith('-') ? -1 : 1)
}

/** Not by way of TZDate: which pass of a repeated hour it takes depends on the zone of the machine. */
function findOffset(wallClock: number, timeZone: string): number {
  const offsetAt = (instant: number) => tzOffset(timeZone, new Date(instant)) * MINUTE
  const [before, after] = [offsetAt(wallClock - DAY), offsetAt(wallClock + DAY)]
  const isAfter = before !== after && offsetAt(wallClock - before) !== before && offsetAt(wallClock - after) === after
  return isAfter ? after : before
}
