import { deliveriesOf } from '../functions/domain/delivery.ts'
import type { LedgerRow } from '../functions/domain/key.ts'
import { readHistory } from '../functions/platform/history.ts'
import { historyTable } from '../local/table.ts'
import type { Output } from './output.ts'
import type { Target } from './target.ts'

const PAGE = 1_000

/** Shows all that the ledger has of a message; gives true where it has something. */
export async function showMessage(
  { ledger }: Target,
  { print, printJson }: Output,
  message: { provider: string; messageId: string; recipient?: string | undefined },
): Promise<boolean> {
  const rows: LedgerRow[] = []
  let after: string | undefined
  do {
    const page = await readHistory(ledger, { ...message, limit: PAGE, after })
    rows.push(...page.rows)
    after = page.next ?? undefined
  } while (after !== undefined)
  if (rows.length === 0) {
    print('nothing is kept of that message')
    return false
  }
  const deliveries = deliveriesOf(rows)
  printJson(
    { provider: message.provider, messageId: message.messageId, deliveries },
    historyTable(deliveries.flatMap(({ history }) => history)),
  )
  return true
}
