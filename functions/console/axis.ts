import { type Clock, dateTimeOf } from './moment.ts'

const SECOND = 1_000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** The distances that ticks of a time axis may have, in milliseconds. */
const STEPS = [
  ...[1, 2, 5, 10, 15, 30].map((seconds) => seconds * SECOND),
  ...[1, 2, 5, 10, 15, 30].map((minutes) => minutes * MINUTE),
  ...[1, 2, 3, 6, 12].map((hours) => hours * HOUR),
  ...[1, 2, 5, 10, 20, 50, 100, 200, 500, 1000].map((days) => days * DAY),
]

/** A time axis: where a moment stands on it, and its ticks with their labels. */
export interface Axis {
  at(moment: number): number
  ticks: { x: number; label: string }[]
}

/** An axis over the pixels from `left` to `right`, in the dashboard's zone. */
export function axisOf(start: number, end: number, left: number, right: number, clock: Clock): Axis {
  const at = (moment: number) => left + ((moment - start) / (end - start)) * (right - left)
  const room = Math.max(1, Math.floor((right - left) / 75))
  const step = STEPS.find((step) => (end - start) / step <= room) ?? (end - start) / room
  const offset = clock.offsetInMinutes * MINUTE
  const first = Math.ceil((start + offset) / step) * step - offset
  const moments = Array.from({ length: Math.max(0, Math.floor((end - first) / step) + 1) }, (_, i) => first + i * step)
  return { at, ticks: moments.map((moment) => ({ x: at(moment), label: labelOf(dateTimeOf(clock, moment), step) })) }
}

function labelOf(dateTime: string, step: number): string {
  if (step >= DAY) return dateTime.slice(0, 10)
  if (dateTime.endsWith('00:00:00')) return dateTime.slice(0, 10)
  return step >= MINUTE ? dateTime.slice(11, 16) : dateTime.slice(11)
}
