import { deliveriesOf, deliveryOf } from '../domain/delivery.ts'
import type { StatusRecord } from '../domain/status.ts'
import { isWithin, readHistory, readLatest } from '../platform/history.ts'
import { Problem } from '../platform/problem.ts'
import type { Table } from '../platform/table.ts'
import { decodeCursor, encodeCursor, readLimit, reject } from './parameters.ts'

const DEFAULT_LIMIT = 200

/** A message's deliveries, one for each recipient and part, each with its history, oldest first (`GET /v1/messages/…`). */
export async function showMessage(
  ledger: Table,
  { provider = '', messageId = '' }: Record<string, string | undefined>,
  { recipient, limit, cursor }: Record<string, string | undefined>,
) {
  const after = decodeCursor(cursor)
  if (after !== undefined && !isWithin(after, recipient))
    throw reject('cursor', 'the cursor of an earlier page of this query')
  const query = { provider, messageId, recipient, limit: readLimit(limit, DEFAULT_LIMIT), after }
  const { records, next } = await readHistory(ledger, query)
  if (records.length === 0 && !(await isKept(ledger, provider, messageId))) {
    throw new Problem(404, 'Nothing is kept of that message.')
  }
  const deliveries = deliveriesOf(records)
  // The page may end in the middle of its last delivery, which is to tell where it stands now all the same.
  const cut = next === null ? undefined : deliveries.pop()?.history
  if (cut !== undefined) deliveries.push(deliveryOf(cut, await readLatest(ledger, cut[0] as StatusRecord)))
  return { provider, messageId, deliveries, cursor: next && encodeCursor(next) }
}

async function isKept(ledger: Table, provider: string, messageId: string): Promise<boolean> {
  const { records } = await readHistory(ledger, { provider, messageId, limit: 1 })
  return records.length > 0
}
