import { STATUSES, type Status, type StatusRecord } from './status.ts'

/** What decides of a record where its delivery stands. */
type Step = Pick<StatusRecord, 'channel' | 'status'>

/**
 * The record where a delivery stands, of its whole history, oldest first; undefined where that is empty. Of the channels that
 * were tried: the furthest success, else the last progress (a fallback is in progress), else the last failure.
 */
export function standsAt<R extends Step>(history: readonly R[]): R | undefined {
  const byChannel = new Map<string | null, R>()
  for (const record of history) {
    const before = byChannel.get(record.channel)
    if (before === undefined || supersedes(record.status, before.status)) byChannel.set(record.channel, record)
  }
  const standing = new Set(byChannel.values())
  const candidates = history.filter((record) => standing.has(record))
  const furthest = Math.max(...candidates.map(({ status }) => STATUSES[status].rank))
  return (
    candidates.findLast(({ status }) => kindOf(status) === 'success' && STATUSES[status].rank === furthest) ??
    candidates.findLast(({ status }) => kindOf(status) === 'progress') ??
    candidates.at(-1)
  )
}

/** What a status says of a delivery on its channel. */
export function kindOf(status: Status): 'progress' | 'failure' | 'success' {
  const { rank, final } = STATUSES[status]
  if (!final) return 'progress'
  return rank < STATUSES.delivered.rank ? 'failure' : 'success'
}

/** True where the next status of a channel takes the place of the one before it: a delivery never goes backwards. */
function supersedes(next: Status, before: Status): boolean {
  if (next === 'unknown') return before === 'unknown'
  if (kindOf(next) === 'progress') return kindOf(before) === 'progress'
  return kindOf(next) === 'failure' || kindOf(before) !== 'success' || STATUSES[next].rank >= STATUSES[before].rank
}
