import { sentenceOf } from '../functions/console/sentence.ts'
import { deliveriesOf } from '../functions/domain/delivery.ts'
import type { LedgerRow } from '../functions/domain/key.ts'
import { type HistoryQuery, readHistory } from '../functions/platform/history.ts'
import type { Table } from '../functions/platform/table.ts'
import { historyTable } from '../local/table.ts'
import type { Output } from './output.ts'
import type { Target } from './target.ts'

const PAGE = 1_000

/** Which message to show; `providers` are those that are searched. */
export interface Wanted {
  providers: readonly string[]
  messageId: string
  recipient?: string | undefined
}

/** Shows all that the ledger has of a message; gives true where it has something. */
export async function showMessage(
  { ledger }: Target,
  { print, printJson }: Output,
  { providers, messageId, recipient }: Wanted,
): Promise<boolean> {
  const all = await Promise.all(
    providers.map(async (provider) => ({ provider, rows: await readAll(ledger, { provider, messageId, recipient }) })),
  )
  const found = all.filter(({ rows }) => rows.length > 0)
  for (const { provider, rows } of found) {
    const deliveries = deliveriesOf(rows)
    const title = `${provider} ${messageId}: ${sentenceOf(deliveries)}`
    const table = historyTable(deliveries.flatMap(({ history }) => history))
    printJson({ provider, messageId, deliveries }, `${title}\n${table}`)
  }
  if (found.length === 0)
    print(`no record of ${messageId} from ${providers.length === 1 ? providers[0] : 'any provider'}`)
  return found.length > 0
}

async function readAll(ledger: Table, message: Omit<HistoryQuery, 'limit' | 'after'>): Promise<LedgerRow[]> {
  const rows: LedgerRow[] = []
  let after: string | undefined
  do {
    const page = await readHistory(ledger, { ...message, limit: PAGE, after })
    rows.push(...page.rows)
    after = page.next ?? undefined
  } while (after !== undefined)
  return rows
}
