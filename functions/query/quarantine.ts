import { Problem } from '../platform/problem.ts'
import { findQuarantined, INCOMPLETE, isShown, listQuarantined, type Quarantined } from '../platform/quarantine.ts'
import { enqueue, type Queue } from '../platform/queue.ts'
import type { Table } from '../platform/table.ts'
import { decodeCursor, encodeCursor, readLimit, reject } from './parameters.ts'

const DEFAULT_LIMIT = 50

/** What is quarantined, newest first (`GET /v1/quarantine`). */
export async function listQuarantine(
  table: Table,
  known: readonly string[],
  { provider, limit, cursor }: Record<string, string | undefined>,
) {
  if (provider !== undefined && !known.includes(provider)) throw reject('provider', `one of ${known.join(', ')}`)
  const of = provider === undefined ? known : [provider]
  const about = ['quarantine', provider]
  const before = decodeCursor(about, cursor)
  const { items, next } = await listQuarantined(table, of, readLimit(limit, DEFAULT_LIMIT), before)
  return { items: items.map(itemOf), cursor: next === undefined ? null : encodeCursor(about, next) }
}

/** Puts a quarantined callback back into the queue (`POST /v1/quarantine/{id}/replay`). */
export async function replay(table: Table, queue: Queue, { id = '' }: Record<string, string | undefined>) {
  const item = await findQuarantined(table, id)
  if (item === undefined) throw new Problem(404, 'Nothing is quarantined under that id.')
  if (item.callback === undefined) throw new Problem(409, `Nothing can be replayed: ${INCOMPLETE}.`)
  await enqueue(queue, { ...item.callback, replay: true })
  return { id }
}

/** An item of the list; `truncated` where its body is too large for an answer: `ledger quarantine show` prints it. */
function itemOf({ id, provider, account, reason, receivedAt, attemptedAt, callback }: Quarantined) {
  const about = { id, provider, ...(account && { account }), reason, receivedAt, ...(attemptedAt && { attemptedAt }) }
  if (callback === undefined) return { ...about, reason: `body: ${INCOMPLETE}; ${reason}`, body: null, encoding: null }
  const { body, encoding } = callback
  return isShown(body) ? { ...about, body, encoding } : { ...about, body: null, encoding, truncated: true }
}
