import { countsOf, unmappedOf } from '../functions/platform/counts.ts'
import type { Observations, Range } from '../functions/platform/observations.ts'
import type { Telemetry } from '../functions/platform/telemetry.ts'

const MINUTE = 60_000

/** How many minutes are kept: those of a week. */
const MAX_MINUTES = 7 * 24 * 60

/** What was counted in one minute, by provider, name and channel. */
type Minute = Map<string, number>

/** Keeps what a worker counts, as CloudWatch would, while the process runs. */
export function observing(telemetry: Telemetry): Telemetry & Observations {
  const counted = new Map<number, Minute>()
  const unmapped = new Map<number, Minute>()
  return {
    ...telemetry,
    worked(batch) {
      telemetry.worked(batch)
      for (const { dimensions, counts } of countsOf(batch, Date.now()))
        for (const [name, times] of counts) add(counted, [dimensions.provider, name, dimensions.channel], times)
      for (const [word, times] of unmappedOf(batch)) add(unmapped, word.split(/ (.*)/, 2), times)
    },
    counts: async (range) =>
      sumOf(counted, range).map(([[provider = '', name = '', channel], times]) => ({
        provider,
        name,
        times,
        ...(channel && { channel }),
      })),
    unmapped: async (range) =>
      sumOf(unmapped, range).map(([[provider = '', word = ''], times]) => ({ provider, word, times })),
  }
}

function add(minutes: Map<number, Minute>, name: (string | undefined)[], times: number): void {
  const now = Math.floor(Date.now() / MINUTE)
  const minute = minutes.get(now) ?? new Map<string, number>()
  minutes.set(now, minute)
  if (minutes.size > MAX_MINUTES) minutes.delete(minutes.keys().next().value as number)
  const key = JSON.stringify(name)
  minute.set(key, (minute.get(key) ?? 0) + times)
}

function sumOf(minutes: Map<number, Minute>, { start, end }: Range): [(string | undefined)[], number][] {
  const sums: Minute = new Map()
  for (const [minute, counts] of minutes)
    if ((minute + 1) * MINUTE > start && minute * MINUTE <= end)
      for (const [key, times] of counts) sums.set(key, (sums.get(key) ?? 0) + times)
  return [...sums].map(([key, times]) => [JSON.parse(key), times])
}
