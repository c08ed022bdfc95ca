import { hash } from 'node:crypto'
import pMap from 'p-map'
import type { Delivery } from '../domain/delivery.ts'
import type { LedgerRow } from '../domain/key.ts'
import type { Summary } from '../domain/summary.ts'
import type { Deliveries } from '../platform/delivery-table.ts'
import { type HistoryPage, type HistoryQuery, readDeliveries } from '../platform/history.ts'
import { canBeOverdue } from '../platform/lookups.ts'
import { readSummaries } from '../platform/message-summaries.ts'
import type { Table } from '../platform/table.ts'
import type { Desk } from './desk.ts'
import type { View } from './view.ts'

/** Records that are read and drawn at once. */
const SIZE = 1_000

const MAX_PAGE = 50

/** Which message, and which of its recipients: as the index of recipients has it, an empty text for all. */
export interface Chosen {
  /** The name of a provider, or of its account. */
  provider: string
  messageId: string
  of: string
}

/** A page of a message, with where the whole of each delivery stands, and what the table of deliveries has of it. */
export interface Page extends HistoryPage {
  deliveries: Delivery[]
  summaries: Summary[]
  /** Whether it is of the chosen recipient alone, of several. */
  isOfOne: boolean
}

const NOTHING = { rows: [], deliveries: [], next: null }

/** The message that an action has chosen. */
export const chosenIn = (view: View): Chosen => ({
  provider: view.asked('provider'),
  messageId: view.asked('messageId'),
  of: view.asked('of'),
})

/** A page of a message's records. */
export async function readPage({ ledger, deliveries }: Desk, chosen: Chosen, view: View): Promise<Page> {
  const { provider, messageId, of } = chosen
  const [own, all] = await Promise.all([
    of === '' ? [] : readSummaries(deliveries, provider, messageId, of),
    hasQuestions(deliveries) ? readSummaries(deliveries, provider, messageId) : [],
  ])
  // A message may have one recipient in several spellings.
  const spellings = [...new Set(own.flatMap(({ recipient }) => recipient ?? []))]
  if (all.length > own.length) {
    const pages = await pMap(spellings, (recipient) =>
      readRecords(ledger, { source: provider, messageId, recipient }, view),
    )
    const page = {
      rows: pages.flatMap(({ rows }) => rows),
      deliveries: pages.flatMap(({ deliveries }) => deliveries),
      next: pages.find(({ next }) => next !== null)?.next ?? null,
    }
    // Where only its sender names the recipient, the ledger does not.
    if (page.rows.length > 0) return { ...page, summaries: own, isOfOne: true }
  }
  return { ...(await readRecords(ledger, { source: provider, messageId }, view)), summaries: all, isOfOne: false }
}

/** Whether the stage asks for deliveries in any way: its functions may not read them otherwise. */
export const hasQuestions = (deliveries: Deliveries): boolean =>
  deliveries.lookups.length > 0 || canBeOverdue(deliveries)

/**
 * Pages have numbers, since the key after which one begins contains a recipient, which a masked widget must not show: earlier pages
 * are read again, which few messages have.
 */
async function readRecords(
  ledger: Table,
  asked: HistoryQuery,
  view: View,
): Promise<Omit<Page, 'summaries' | 'isOfOne'>> {
  let page: Awaited<ReturnType<typeof readDeliveries>> = NOTHING
  for (let number = 0; number <= pageOf(view); number++) {
    if (number > 0 && page.next === null) return NOTHING
    page = await readDeliveries(ledger, { ...asked, limit: SIZE, after: page.next ?? undefined })
  }
  return page
}

/** The number of the page that is asked for. */
export const pageOf = (view: View): number => numberOf(view, 'page', MAX_PAGE)

/** A parameter from 0 to `max`; 0 where it is none. */
export const numberOf = (view: View, name: string, max: number): number =>
  Math.max(0, Math.min(Math.trunc(Number(view.asked(name))) || 0, max))

/** A name for a row that is unique in its message, and reveals nothing else. */
export const digestOf = ({ sk }: LedgerRow): string => hash('sha256', sk, 'base64url').slice(0, 22)
