import { Problem } from '../platform/problem.ts'
import { findQuarantined, listQuarantined, type Quarantined } from '../platform/quarantine.ts'
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
  const { items, hasMore } = await listQuarantined(table, of, readLimit(limit, DEFAULT_LIMIT), decodeCursor(cursor))
  const last = items.at(-1)
  return { items: items.map(itemOf), cursor: hasMore && last ? encodeCursor(last.id) : null }
}

/** Puts a quarantined callback back into the queue (`POST /v1/quarantine/{id}/replay`). */
export async function replay(table: Table, queue: Queue, { id = '' }: Record<string, string | undefined>) {
  const item = await findQuarantined(table, id)
  if (item === undefined) throw new Problem(404, 'Nothing is quarantined under that id.')
  await enqueue(queue, { ...item.callback, replay: true })
  return { id }
}

const itemOf = ({ id, reason, callback: { provider, receivedAt, body, encoding } }: Quarantined) => ({
  id,
  provider,
  reason,
  receivedAt,
  body,
  encoding,
})
