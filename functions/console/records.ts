import { sourceName } from '../domain/source.ts'
import type { StatusRecord } from '../domain/status.ts'
import { cut } from './cut.ts'
import type { Desk, Discretion } from './desk.ts'
import { button, notice } from './frame.ts'
import { type Html, html } from './html.ts'
import type { LifeOptions } from './life.ts'
import { dateTimeOf, spanOf } from './moment.ts'
import { chosenIn, digestOf, numberOf, pageOf, readPage } from './page.ts'
import { channelName, timeOf } from './sentence.ts'
import { badge } from './status.ts'
import type { View } from './view.ts'

/** Characters of a text in a row, and of a pop-up. */
const MAX_NAME = 32
const MAX_REASON = 300
const MAX_DETAILS = 20_000

/** Rows of a page. */
const MAX_FROM = 1_000

/** Pixels below which columns are stacked: there are more of them than in other tables. */
const NARROW = 680

/** Milliseconds after which a callback is late. */
const LATE = 60_000

/** A row of the table, and how the pop-up finds it again. */
export interface Row {
  record: StatusRecord
  digest: string
  /** Whether its delivery stands here. */
  isCurrent: boolean
}

/** The statuses of a message, oldest first. */
export function recordTable(view: View, discretion: Discretion, options: LifeOptions, rows: readonly Row[]): Html {
  const days = new Set(rows.map(({ record }) => dateTimeOf(view.clock, timeOf(record)).slice(0, 10)))
  const [day] = days
  const when = days.size === 1 ? day : 'Time'
  const heads =
    view.width < NARROW
      ? [when, 'Channel', 'Status']
      : [when, 'Recipient', 'Channel', 'Status', 'Provider status', html`<span class="ledger-hidden">Actions</span>`]
  return html`<div class="ledger-scroll" tabindex="0" role="region" aria-label="Records"><table><thead><tr>${heads.map((head) => html`<th>${head}</th>`)}</tr></thead><tbody>${rows.map((row) => recordRow(view, discretion, options, row, days.size === 1))}</tbody></table></div>`
}

function recordRow(
  view: View,
  { isMasked, nameOf, textOf }: Discretion,
  { of, display }: LifeOptions,
  { record, digest, isCurrent }: Row,
  isOneDay: boolean,
): Html {
  const { messageId, recipient, part, channel, status, final, providerStatus } = record
  const time = dateTimeOf(view.clock, timeOf(record)).slice(isOneDay ? 11 : 0)
  const details = {
    show: 'record',
    provider: sourceName(record),
    messageId,
    of,
    page: pageOf(view),
    digest,
    from: numberOf(view, 'from', MAX_FROM),
    within: display,
  }
  const when = html`<td class="ledger-fixed">${time}${delayOf(record)}</td>`
  const who = html`${recipient === null ? '—' : cut(nameOf(recipient), MAX_NAME)}${part !== null && html`<br><span class="ledger-faint">part ${part}</span>`}`
  const by = channel === null ? '—' : channelName(channel)
  const mask = (text: string) => textOf(text, recipient === null ? [] : [recipient], [messageId])
  const word = html`<code>${cut(mask(providerStatus), MAX_NAME)}</code> <span class="ledger-faint">${cut(mask(reasonOf(record)), MAX_REASON)}</span>`
  const more = button(view, 'Details', isMasked ? 'view' : 'reveal', details, { display: 'popup' })
  const badged = badge(status, final && isCurrent)
  return view.width < NARROW
    ? html`<tr>${when}<td class="ledger-fixed">${by}<br><span class="ledger-faint">${who}</span></td><td class="ledger-text">${badged}<br>${word}<br>${more}</td></tr>`
    : html`<tr>${when}<td class="ledger-fixed">${who}</td><td class="ledger-fixed">${by}</td><td>${badged}</td><td class="ledger-text">${word}</td><td>${more}</td></tr>`
}

/** How much later it was received, where that is worth a line. */
function delayOf({ occurredAt, receivedAt }: StatusRecord): Html | false {
  if (occurredAt === null) return html`<br><span class="ledger-faint">when received</span>`
  const delay = Date.parse(receivedAt) - Date.parse(occurredAt)
  if (Math.abs(delay) < LATE) return false
  const text = delay < 0 ? `received ${spanOf(delay)} before` : `received +${spanOf(delay)}`
  return html`<br><span class="ledger-faint">${text}</span>`
}

const reasonOf = ({ description, error }: StatusRecord): string =>
  [...new Set([description, error?.code, error?.message])].filter(Boolean).join(' · ')

/** The pop-up with all that is kept of one status. */
export async function recordPopup(desk: Desk, view: View, { isMasked, textOf }: Discretion): Promise<Html[]> {
  const chosen = chosenIn(view)
  const { rows } = await readPage(desk, chosen, view)
  const back = { show: 'life', ...chosen, page: pageOf(view), from: view.asked('from') }
  const record = rows.find((row) => digestOf(row) === view.asked('digest'))?.record
  if (record === undefined) return [notice('wrong', 'That record is no longer kept.')]
  const { details, ...fields } = record
  const [recipients, ids] = [[record.recipient], [record.messageId]].map((texts) =>
    texts.flatMap((text) => (text === null ? [] : JSON.stringify(text).slice(1, -1))),
  )
  const mask = (value: unknown) => cut(textOf(JSON.stringify(value, null, 2), recipients, ids), MAX_DETAILS)
  const shown = (value: unknown) => (typeof value === 'string' ? mask(value).replace(/^"|"$/g, '') : mask(value))
  return [
    html`<h3>${badge(record.status, record.final)}</h3>`,
    html`<dl>${Object.entries(fields)
      .filter(([, value]) => value !== null)
      .map(
        ([name, value]) =>
          html`<dt>${name}</dt><dd>${name === 'messageId' ? html`<code class="ledger-id">${shown(value)}</code>` : shown(value)}</dd>`,
      )}</dl>`,
    html`<h4>Everything else that the provider sent</h4><pre tabindex="0" aria-label="Details">${mask(details)}</pre>`,
    html`${view.asked('within') === 'popup' && html`<div class="ledger-row">${button(view, 'Back to the message', isMasked ? 'view' : 'reveal', back, { display: 'popup' })}</div>`}`,
  ]
}
