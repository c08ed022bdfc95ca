import { CHANNELS } from '../domain/channels.ts'
import { sourceName } from '../domain/source.ts'
import type { Status, StatusRecord } from '../domain/status.ts'
import type { Batch, Outcome, Progress } from './telemetry.ts'

/** The statuses that say whether a message was delivered. */
const ENDS: Partial<Record<Status, 'arrived' | 'failed'>> = {
  delivered: 'arrived',
  rejected: 'failed',
  failed: 'failed',
  undelivered: 'failed',
  expired: 'failed',
}

/** What is counted of one provider, and of one of its channels: the metrics of one line. */
export interface Counts {
  dimensions: { provider: string; channel?: string }
  counts: Map<string, number>
  /** Milliseconds. */
  delays: Record<string, number[]>
}

/**
 * What a batch counts: for each provider, or account of it, its outcomes, and for each channel the statuses of its new records.
 *
 * A callback is counted as accepted when it is finished, so that the four outcomes always sum to `accepted`, however
 * often a message was received. A replay was accepted and finished before: it is counted as `replayed` alone. A
 * status is counted when it is stored, also where its message goes back to the queue for another reason.
 */
export function countsOf({ outcomes, unfinished }: Batch, now: number): Counts[] {
  const all: Progress[] = [...outcomes, ...unfinished.filter(({ stored }) => stored.length > 0)]
  return [...Map.groupBy(all, ({ callback }) => sourceName(callback))].flatMap(([provider, own]): Counts[] => {
    const ended = outcomes.filter(({ callback }) => sourceName(callback) === provider)
    const stored = own.flatMap(({ stored }) => stored)
    return [
      {
        dimensions: { provider },
        counts: count([...ended.flatMap(resultOf), ...own.flatMap(countedOf)]),
        delays: {
          providerDelay: own.filter(isFirst).flatMap(providerDelay),
          storeDelay: ended.filter(isFirst).map(({ callback }) => now - Date.parse(callback.receivedAt)),
        },
      },
      ...[...Map.groupBy(stored, channelOf)].map(([channel, records]) => ({
        dimensions: { provider, channel },
        counts: count(records.map(({ status }) => `status.${status}`)),
        delays: {},
      })),
    ]
  })
}

/** The words of a batch that no table has, each after its provider, and how often they came. */
export const unmappedOf = ({ outcomes, unfinished }: Batch): Map<string, number> =>
  count(
    [...outcomes, ...unfinished].flatMap(({ callback, unmapped }) =>
      unmapped.map((word) => `${sourceName(callback)} ${printable(word)}`),
    ),
  )

/** How often each name occurs. */
export const count = (names: readonly string[]): Map<string, number> =>
  names.reduce((counts, name) => counts.set(name, (counts.get(name) ?? 0) + 1), new Map<string, number>())

const isFirst = ({ callback }: Progress): boolean => !callback.replay

function resultOf(outcome: Outcome): string[] {
  const { result, ignored } = outcome
  if (!isFirst(outcome)) return ['replayed', `replayed.${result}`]
  return ['accepted', result, ...ignored.map((kind) => `ignored.${kind}`)]
}

const countedOf = ({ stored, unmapped }: Progress): string[] => [
  ...unmapped.map(() => 'unmapped'),
  ...stored.flatMap(({ status }) => ENDS[status] ?? []),
]

/** A record's channel as a dimension; each costs money, so what a provider may invent shares one. */
const channelOf = ({ channel }: StatusRecord): string =>
  channel === null || CHANNELS.has(channel) ? `${channel}` : 'other'

/** From the newest time in a callback to its arrival, in milliseconds. */
function providerDelay({ callback, stored }: Progress): number[] {
  const times = stored.flatMap(({ occurredAt }) => (occurredAt === null ? [] : [Date.parse(occurredAt)]))
  return times.length > 0 ? [Date.parse(callback.receivedAt) - Math.max(...times)] : []
}

/** Stands for a status word that could be an address or an id. */
export const WITHHELD = '(withheld)'

/** A status word as it may be logged. */
const printable = (word: string): string =>
  /^[\w -]{1,40}$/.test(word) && word.replace(/\D/g, '').length < 6 ? word : WITHHELD
