import { setTimeout as sleep } from 'node:timers/promises'
import { findHead, findQuarantined } from './quarantine.ts'
import { enqueue, type Queue } from './queue.ts'
import type { Table } from './table.ts'

/**
 * What became of a replay: `recorded` (it left the quarantine, so whatever it reports is in the ledger), `unreadable` (it stays,
 * with its newest reason), `pending` (not processed yet), `gone` (it was not in quarantine), `incomplete` (its body is).
 */
export interface Replay {
  id: string
  outcome: 'recorded' | 'unreadable' | 'pending' | 'gone' | 'incomplete'
  reason?: string
}

/** Between two looks, in milliseconds. */
const PAUSE = 250

/** Sends a quarantined callback through the worker again, and waits for its outcome until the deadline (milliseconds since 1970). */
export async function replay(table: Table, queue: Queue, id: string, deadline: number): Promise<Replay> {
  const item = await findQuarantined(table, id)
  if (item === undefined) return { id, outcome: 'gone' }
  if (item.callback === undefined) return { id, outcome: 'incomplete' }
  await enqueue(queue, { ...item.callback, replay: true })
  while (Date.now() < deadline) {
    await sleep(PAUSE)
    const head = await findHead(table, id)
    if (head === undefined) return { id, outcome: 'recorded' }
    if (head.attemptedAt !== item.attemptedAt) return { id, outcome: 'unreadable', reason: head.reason }
  }
  return { id, outcome: 'pending' }
}

/** What became of replays, in words: `12 replayed: 3 recorded, 9 still unreadable`. */
export function summaryOf(replays: readonly Replay[]): string {
  const count = (outcome: Replay['outcome'], words: string) => {
    const { length } = replays.filter((one) => one.outcome === outcome)
    return length > 0 ? [`${length} ${words}`] : []
  }
  const sent = [
    ...count('recorded', 'recorded'),
    ...count('unreadable', 'still unreadable'),
    ...count('pending', 'not processed yet'),
  ]
  const { length } = replays.filter(({ outcome }) => outcome !== 'gone' && outcome !== 'incomplete')
  return [
    [`${length} replayed`, ...(sent.length > 0 ? [sent.join(', ')] : [])].join(': '),
    ...count('incomplete', 'incomplete, which can only be dropped'),
    ...count('gone', 'no longer in quarantine'),
  ].join('; ')
}
