import { hash } from 'node:crypto'
import type { Delivery } from '../domain/delivery.ts'
import type { LedgerRow } from '../domain/key.ts'
import { type HistoryPage, readDeliveries } from '../platform/history.ts'
import type { Table } from '../platform/table.ts'
import type { View } from './view.ts'

/** Records that are read and drawn at once. */
const SIZE = 1_000

const MAX_PAGE = 50

/** A page of a message, with where the whole of each delivery stands. */
export interface Page extends HistoryPage {
  deliveries: Delivery[]
}

const NOTHING: Page = { rows: [], deliveries: [], next: null }

/**
 * A page of a message's records. Pages have numbers, since the key after which one begins contains a recipient, which a masked
 * widget must not show: earlier pages are read again, which few messages have.
 */
export async function readPage(ledger: Table, provider: string, view: View): Promise<Page> {
  const messageId = view.asked('messageId')
  let page: Page = NOTHING
  for (let number = 0; number <= pageOf(view); number++) {
    if (number > 0 && page.next === null) return NOTHING
    page = await readDeliveries(ledger, { provider, messageId, limit: SIZE, after: page.next ?? undefined })
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
