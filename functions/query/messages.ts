import { isSource, sourceName } from '../domain/source.ts'
import { readDeliveries, readHistory } from '../platform/history.ts'
import { Problem } from '../platform/problem.ts'
import type { Table } from '../platform/table.ts'
import { decodeCursor, encodeCursor, readLimit, reject } from './parameters.ts'

const DEFAULT_LIMIT = 200

/**
 * A message's deliveries, one for each recipient and part, each with its history, oldest first (`GET /v1/messages…`); `known` are the
 * ids of providers. A provider with several accounts is named with one: `provider/account`, or `account=`.
 */
export async function showMessage(
  ledger: Table,
  { provider, messageId }: Record<string, string | undefined>,
  { account, recipient, limit, cursor }: Record<string, string | undefined>,
  known: readonly string[] = [provider ?? ''],
) {
  if (!provider) throw reject('provider', 'the id of a provider')
  if (!messageId) throw reject('messageId', 'the provider’s id of a message')
  const source = sourceName({ provider, account })
  const about = ['message', source, messageId, recipient]
  const after = decodeCursor(about, cursor)
  const query = { source, messageId, recipient, limit: readLimit(limit, DEFAULT_LIMIT), after }
  const { deliveries, next } = await readDeliveries(ledger, query)
  if (deliveries.length === 0 && !(await isKept(ledger, source, messageId))) {
    const hint = isSource(source, known) ? '' : ` No provider is called ${source}: expected one of ${known.join(', ')}.`
    throw new Problem(404, `Nothing is kept of that message.${hint}`)
  }
  return { provider, messageId, deliveries, cursor: next && encodeCursor(about, next) }
}

async function isKept(ledger: Table, source: string, messageId: string): Promise<boolean> {
  // As many as a request gives: the first ones may have expired.
  const { rows, next } = await readHistory(ledger, { source, messageId })
  return rows.length > 0 || next !== null
}
