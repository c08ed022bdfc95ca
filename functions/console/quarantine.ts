import { sourceName } from '../domain/source.ts'
import type { QuarantineHead } from '../platform/quarantine.ts'
import { cut } from './cut.ts'
import type { Desk, Discretion } from './desk.ts'
import { button, notice } from './frame.ts'
import { type Group, groupIdOf, groupsOf, readHeads } from './groups.ts'
import { type Html, html } from './html.ts'
import { dateTimeOf, spanOf } from './moment.ts'
import { numberOf } from './page.ts'
import type { View } from './view.ts'

/** Rows that are shown at once. */
const ROWS = 20

const MAX_REASON = 300

/** The widget that shows what could not be read, by reason; or, where a reason is opened, its callbacks. */
export async function quarantineWidget(desk: Desk, view: View, { textOf }: Discretion, ...before: Html[]) {
  const { heads, isAll } = await readHeads(desk.quarantine, desk.providers)
  const groups = groupsOf(heads)
  const opened = groups.find(({ id }) => id === view.asked('within'))
  const [count, kinds] = [heads.length.toLocaleString('en'), groups.length]
  const total = `${isAll ? '' : 'The newest '}${count} ${heads.length === 1 ? 'callback' : 'callbacks'}, ${kinds} ${kinds === 1 ? 'reason' : 'reasons'}`
  if (groups.length === 0)
    return [
      ...before,
      notice('done', 'The quarantine is empty. Callbacks that cannot be read appear here, with the reason.'),
      html`<div class="ledger-row ledger-small">${button(view, 'Refresh', 'view', { show: 'quarantine' })}</div>`,
    ]
  const rows = opened
    ? opened.heads.map((head) => itemRow(view, head, textOf, opened.id))
    : groups.map((group) => groupRow(view, group, textOf))
  const from = numberOf(view, 'from', Math.max(0, rows.length - 1))
  const turn = (label: string, to: number) =>
    button(view, label, 'view', { show: 'quarantine', from: to, within: opened?.id ?? '' })
  const heading = opened
    ? html`<p>${opened.heads.length} of <b>${opened.source}</b>: ${cut(textOf(opened.reason), MAX_REASON)}</p>`
    : html`<p class="ledger-faint">${total}</p>`
  return [
    ...before,
    heading,
    html`<div class="ledger-scroll" tabindex="0" role="region" aria-label="Quarantined callbacks"><table><thead><tr>${headsOf(view, opened)}</tr></thead><tbody>${rows.slice(from, from + ROWS)}</tbody></table></div>`,
    html`<div class="ledger-row ledger-small">${opened && button(view, 'All reasons', 'view', { show: 'quarantine', within: '' })}${
      from > 0 && turn('Back', Math.max(0, from - ROWS))
    }${from + ROWS < rows.length && turn('More', from + ROWS)}${opened ? turn('Refresh', from) : button(view, 'Refresh', 'view', { show: 'quarantine' })}</div>`,
  ]
}

function headsOf({ isNarrow }: View, opened: Group | undefined): Html[] {
  const first = opened ? html`<th>Received</th>` : html`<th class="ledger-number">Count</th>`
  return [
    first,
    ...(opened ? [] : [html`<th>Reason</th>`]),
    ...(isNarrow && !opened ? [] : [html`<th><span class="ledger-hidden">Actions</span></th>`]),
  ]
}

/** All callbacks that cannot be read for one reason, and what can be done with all of them. */
function groupRow(view: View, { id, source, reason, heads }: Group, textOf: Discretion['textOf']): Html {
  const [newest] = heads as [QuarantineHead]
  const count = heads.length.toLocaleString('en')
  const buttons =
    heads.length === 1
      ? itemButtons(view, newest)
      : html`<div class="ledger-row">${button(view, 'Show', 'view', { show: 'quarantine', within: id })}${button(
          view,
          'Replay all',
          'replay',
          { group: id },
          { confirmation: `Replay all ${count} callbacks of ${source} with this reason?` },
        )}${button(
          view,
          'Drop all',
          'drop',
          { group: id },
          {
            confirmation: `Delete all ${count} callbacks of ${source} with this reason permanently? What they report will not be in the ledger.`,
          },
        )}</div>`
  const why = html`${cut(textOf(reason), MAX_REASON)}<br><span class="ledger-faint">${source} · ${timesOf(view, newest)}</span>`
  return html`<tr><td class="ledger-number ledger-fixed">${count}</td><td class="ledger-text ledger-fill">${why}${view.isNarrow && buttons}</td>${!view.isNarrow && html`<td>${buttons}</td>`}</tr>`
}

const itemRow = (view: View, head: QuarantineHead, textOf: Discretion['textOf'], within: string): Html =>
  html`<tr><td class="ledger-text ledger-fill">${timesOf(view, head)}${groupIdOf(head) === within || html`<br>${cut(textOf(head.reason), MAX_REASON)}`}</td><td>${itemButtons(view, head, within)}</td></tr>`

/** When it was received and, where it was replayed, when that last failed. */
function timesOf({ clock }: View, { receivedAt, attemptedAt }: QuarantineHead): Html {
  const ago = (time: string) =>
    html`<span title="${dateTimeOf(clock, Date.parse(time))} ${clock.label}">${spanOf(Date.now() - Date.parse(time))} ago</span>`
  return html`${ago(receivedAt)}${attemptedAt && html` · replayed ${ago(attemptedAt)}`}`
}

function itemButtons(view: View, head: QuarantineHead, within = ''): Html {
  const { id } = head
  const source = sourceName(head)
  return html`<div class="ledger-row">${button(view, 'Body', 'view', { show: 'body', id }, { display: 'popup' })}${button(
    view,
    'Replay',
    'replay',
    { id, within },
    { confirmation: `Replay this callback of ${source}? It leaves the quarantine if it can be read now.` },
  )}${button(
    view,
    'Drop',
    'drop',
    { id, within },
    {
      confirmation: `Delete this callback of ${source} permanently? What it reports will not be in the ledger.`,
    },
  )}</div>`
}
