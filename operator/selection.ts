import { InvalidArgumentError } from 'commander'
import { readTimestamp } from '../functions/domain/timestamp.ts'

/** Which of many items are chosen; a member that is not given excludes nothing. */
export interface Selection {
  provider?: string
  /** A part of the reason, in any case. */
  reason?: string
  /** Milliseconds since 1970. */
  since?: number
  until?: number
}

/** What a selection looks at. */
export interface Selectable {
  provider: string
  reason?: string
  /** RFC 3339. */
  receivedAt: string
}

/** RFC 3339, where the time, or the seconds, may be left out. */
const MOMENT = /^(\d{4}-\d\d-\d\d)(?:T(\d\d:\d\d)(:\d\d(?:\.\d+)?)?(Z|[+-]\d\d:\d\d))?$/

const UNITS = { m: 60_000, h: 3_600_000, d: 86_400_000 } as const

/** True where an item is chosen. */
export const isSelected = (
  { provider, reason, since = Number.NEGATIVE_INFINITY, until = Number.POSITIVE_INFINITY }: Selection,
  item: Selectable,
): boolean =>
  (provider === undefined || item.provider === provider) &&
  (reason === undefined || (item.reason ?? '').toLowerCase().includes(reason.toLowerCase())) &&
  Date.parse(item.receivedAt) >= since &&
  Date.parse(item.receivedAt) <= until

/**
 * A moment: `30m`, `2h` or `3d` ago, or in RFC 3339.
 *
 * @throws InvalidArgumentError for any other text.
 */
export function readMoment(text: string): number {
  const [, count, unit] = /^(\d+)([mhd])$/.exec(text) ?? []
  if (count !== undefined) return Date.now() - Number(count) * UNITS[unit as keyof typeof UNITS]
  const [, date, time = '00:00', seconds = ':00', zone = 'Z'] = MOMENT.exec(text) ?? []
  const moment = Date.parse(readTimestamp(`${date}T${time}${seconds}${zone}`, 'UTC') ?? '')
  if (Number.isNaN(moment)) throw new InvalidArgumentError('expected 30m, 2h, 3d, 2026-01-31 or 2026-01-31T12:00Z')
  return moment
}
