import { tzOffset } from '@date-fns/tz'

const MINUTE = 60_000
const DAY = 24 * 60 * MINUTE

/** `yyyy-MM-dd`, `T` or a blank, `HH:mm:ss`, a fraction after a dot or (TeleSign) a colon, an offset: the last two may lack. */
const SHAPE = /^(\d{4}-\d\d-(\d\d))[T ](\d\d:\d\d:\d\d)(?:[.:](\d{1,9}))?(Z|[+-](?:[01]\d|2[0-3]):[0-5]\d)?$/i

const RFC_3339_LENGTH = '2020-05-04T22:07:01.226Z'.length

/**
 * When a provider says that something happened: RFC 3339, UTC, milliseconds (further digits are cut off); null where the
 * text is no such time. A text without an offset is in `timeZone`, an IANA name. The hour that the end of summer time
 * repeats is read as its first pass; a time that its beginning skips, as if the clock had not been changed yet.
 */
export function readTimestamp(text: string, timeZone: string): string | null {
  const [, date, day, time, fraction = '', offset] = SHAPE.exec(text.trim()) ?? []
  if (date === undefined) return null
  const wallClock = Date.parse(`${date}T${time}Z`) + Number(fraction.slice(0, 3).padEnd(3, '0'))
  // Date.parse rolls 30 February over into March; a day that does not exist cannot be read.
  if (new Date(wallClock).getUTCDate() !== Number(day)) return null
  const instant = new Date(wallClock - offsetOf(offset, wallClock, timeZone)).toISOString()
  return instant.length === RFC_3339_LENGTH ? instant : null
}

/** True where the record alone gives back all that the text told: the same digits, but for zeros at the end. */
export const isFaithful = (occurredAt: string | null, text: string): boolean =>
  occurredAt !== null && significantDigits(occurredAt) === significantDigits(text)

const significantDigits = (text: string) => text.replace(/\D/g, '').replace(/0+$/, '')

/** Milliseconds ahead of UTC, of a wall clock that is given as if it were in UTC. */
function offsetOf(offset: string | undefined, wallClock: number, timeZone: string): number {
  if (offset === undefined) return timeZone === 'UTC' ? 0 : zoneOffset(wallClock, timeZone)
  if (offset.toUpperCase() === 'Z') return 0
  const [hours, minutes] = [Number(offset.slice(1, 3)), Number(offset.slice(4))]
  return (hours * 60 + minutes) * MINUTE * (offset.startsWith('-') ? -1 : 1)
}

const offsets = new Map<string, number>()
const MAX_OFFSETS = 10_000

/** Clocks are changed on the minute, and times come in clusters: each minute's offset is worked out once. */
function zoneOffset(wallClock: number, timeZone: string): number {
  const minute = `${timeZone} ${Math.floor(wallClock / MINUTE)}`
  const known = offsets.get(minute)
  if (known !== undefined) return known
  if (offsets.size >= MAX_OFFSETS) offsets.clear()
  const offset = findOffset(wallClock, timeZone)
  offsets.set(minute, offset)
  return offset
}

/** Not by way of TZDate: which pass of a repeated hour it takes depends on the zone of the machine. */
function findOffset(wallClock: number, timeZone: string): number {
  const offsetAt = (instant: number) => tzOffset(timeZone, new Date(instant)) * MINUTE
  const [before, after] = [offsetAt(wallClock - DAY), offsetAt(wallClock + DAY)]
  const isAfter = before !== after && offsetAt(wallClock - before) !== before && offsetAt(wallClock - after) === after
  return isAfter ? after : before
}
