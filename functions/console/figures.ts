import { countOpen, countOverdue, MAX_COUNTED } from '../platform/delivery-counts.ts'
import { canBeOverdue } from '../platform/lookups.ts'
import type { Desk } from './desk.ts'
import { type Html, html } from './html.ts'

/** Providers that are named. */
const MAX_NAMED = 3

/** How many deliveries are open and overdue at this moment. */
export async function figures({ deliveries }: Pick<Desk, 'deliveries'>): Promise<Html> {
  if (!canBeOverdue(deliveries)) return overdueOff()
  const [open, overdue] = await Promise.all([countOpen(deliveries), countOverdue(deliveries)])
  const byProvider = [...overdue].sort(([, one], [, other]) => other - one)
  const total = byProvider.reduce((sum, [, count]) => sum + count, 0)
  const named = byProvider.slice(0, MAX_NAMED).map(([provider, count]) => `${provider} ${count.toLocaleString('en')}`)
  const others = byProvider.length - named.length
  const where =
    total === 0 ? 'without a final status in time' : [...named, ...(others > 0 ? [`${others} more`] : [])].join(', ')
  return html`<dl class="ledger-figures">${figure('Open', open, 'waiting for a final status, not overdue', false)}${figure('Overdue', total, where, total > 0)}</dl>`
}

/** Says that nothing is ever overdue on a stage, and which key changes that. */
export const overdueOff = (): Html =>
  html`<p class="ledger-faint">Open and overdue deliveries are not followed: the stage’s <code>"patience"</code> is null for all providers.</p>`

function figure(name: string, count: number, what: string, isLate: boolean): Html {
  const text = count >= MAX_COUNTED ? `over ${MAX_COUNTED.toLocaleString('en')}` : count.toLocaleString('en')
  return html`<div><dt>${name}</dt><dd${isLate && html` class="ledger-is-late"`}>${text}</dd><dd class="ledger-faint">${what}</dd></div>`
}
