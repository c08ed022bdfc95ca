import { expectedSentence } from '../functions/console/expected.ts'
import { sentenceOf } from '../functions/console/sentence.ts'
import { normalizeAddress } from '../functions/domain/address.ts'
import { deliveriesOf } from '../functions/domain/delivery.ts'
import type { LedgerRow } from '../functions/domain/key.ts'
import type { StatusRecord } from '../functions/domain/status.ts'
import type { Summary } from '../functions/domain/summary.ts'
import type { Deliveries } from '../functions/platform/delivery-table.ts'
import { type HistoryQuery, readHistory } from '../functions/platform/history.ts'
import { readSummaries } from '../functions/platform/message-summaries.ts'
import type { Table } from '../functions/platform/table.ts'
import { historyTable } from '../local/table.ts'
import { deliveryTable } from './find.ts'
import type { Output } from './output.ts'
import type { Target } from './target.ts'

const PAGE = 1_000

/** Which message to show; `providers` are the names of those, or of their accounts, that are searched. */
export interface Wanted {
  providers: readonly string[]
  messageId: string
  recipient?: string | undefined
}

/** Shows all that the ledger has of a message, else what its sender says; gives true where there is something. */
export async function showMessage(
  target: Target,
  { print, printJson }: Output,
  { providers, messageId, recipient }: Wanted,
): Promise<boolean> {
  const kept = keptIn(target)
  const all = await Promise.all(
    providers.map(async (provider) => {
      const [rows, summaries] = await Promise.all([
        readAll(target.ledger, { source: provider, messageId, recipient }),
        kept === undefined ? [] : readSummaries(kept, provider, messageId),
      ])
      return { provider, rows, summaries: summaries.filter((summary) => isOf(summary, recipient)) }
    }),
  )
  const found = all.filter(({ rows, summaries }) => rows.length > 0 || summaries.some(isExpected))
  for (const { provider, rows, summaries } of found) {
    const title = `${provider} ${messageId}`
    if (rows.length === 0) {
      const expected = summaries.filter(isExpected)
      const table = deliveryTable(expected, 'statusAt')
      printJson({ provider, messageId, deliveries: [], expected }, `${title}: ${expectedSentence(expected)}\n${table}`)
      continue
    }
    const deliveries = deliveriesOf(rows)
    const facts = factsOf(
      deliveries.flatMap(({ history }) => history),
      summaries,
    )
    const lines = [`${title}: ${sentenceOf(deliveries)}`, ...facts, historyTable(deliveries)]
    printJson({ provider, messageId, deliveries }, lines.join('\n'))
  }
  if (found.length === 0)
    print(`no record of ${messageId} from ${providers.length === 1 ? providers[0] : 'any provider'}`)
  return found.length > 0
}

/** Undefined where the stack has none: it was deployed by an earlier version. */
function keptIn(target: Target): Deliveries | undefined {
  try {
    return target.deliveries
  } catch {
    return undefined
  }
}

const isOf = (summary: Summary, recipient: string | undefined): boolean =>
  recipient === undefined ||
  (summary.recipient !== null && normalizeAddress(summary.recipient) === normalizeAddress(recipient))

const isExpected = ({ status }: Summary): boolean => status === null

/** A line of what helps to recognize a message, and of what it waits for; none where there is nothing. */
function factsOf(records: readonly StatusRecord[], summaries: readonly Summary[]): string[] {
  const named = (name: 'reference' | 'campaign') =>
    [...new Set([...records, ...summaries].flatMap((one) => one[name] ?? []))].map((text) => `${name} ${text}`)
  const since = summaries.flatMap(({ overdueSince }) => overdueSince ?? []).toSorted()
  const expected = summaries.filter(isExpected).length
  const facts = [
    ...named('reference'),
    ...named('campaign'),
    ...since
      .slice(0, 1)
      .map((time) => `${since.length > 1 ? `${since.length} overdue, the first` : 'overdue'} since ${time}`),
    ...(expected > 0 ? [`${expected} more expected`] : []),
  ]
  return facts.length === 0 ? [] : [facts.join(' · ')]
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
