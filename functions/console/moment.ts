const MINUTE = 60_000

const UNITS = [
  ['year', 365 * 24 * 60 * MINUTE],
  ['month', 30 * 24 * 60 * MINUTE],
  ['d', 24 * 60 * MINUTE],
  ['h', 60 * MINUTE],
  ['min', MINUTE],
  ['s', 1_000],
] as const

/** A time span in words, to the second at most, in two units: `2 min 7 s`. */
export function spanOf(milliseconds: number): string {
  const seconds = Math.round(Math.abs(milliseconds) / 1_000) * 1_000
  if (seconds === 0) return 'less than 1 s'
  const first = UNITS.findIndex(([, length]) => seconds >= length)
  let rest = seconds
  return UNITS.slice(first, first + 2)
    .flatMap(([name, length]) => {
      const count = Math.floor(rest / length)
      rest -= count * length
      if (count === 0) return []
      return `${count} ${name}${name.length > 3 && count > 1 ? 's' : ''}`
    })
    .join(' ')
}

/** The same in one unit: `2 min`. */
export const roughSpanOf = (milliseconds: number): string => {
  const span = spanOf(milliseconds)
  return /^\d+ \S+/.exec(span)?.[0] ?? span
}

/** A moment on the clock of the dashboard's zone, which is so many minutes ahead of UTC. */
export interface Clock {
  label: string
  offsetInMinutes: number
}

/** `2025-01-22 11:46:06`, on that clock. */
export const dateTimeOf = ({ offsetInMinutes }: Clock, moment: number): string =>
  new Date(moment + offsetInMinutes * MINUTE).toISOString().slice(0, 19).replace('T', ' ')
