import { sourceName } from '../domain/source.ts'
import type { Summary } from '../domain/summary.ts'
import { cut } from './cut.ts'
import type { Discretion } from './desk.ts'
import { button } from './frame.ts'
import { type Html, html } from './html.ts'
import { dateTimeOf, roughSpanOf } from './moment.ts'
import { channelName } from './sentence.ts'
import { badge, EXPECTED } from './status.ts'
import type { View } from './view.ts'

/** Characters of a name and of a reason in a row. */
const MAX_NAME = 60
const MAX_REASON = 120

/** What a table of deliveries is drawn with. */
export interface DeliveriesOptions {
  /** What it shows, in words. */
  label: string
  /** How recipients are named in parameters. */
  nameIn: (recipient: string | null) => string
  /** Which moment of a delivery is shown: when it came to stand where it stands, or since when it is overdue. */
  moment: 'statusAt' | 'overdueSince'
}

/** A table of deliveries, in their order; each leads to its life. */
export const deliveryTable = (
  view: View,
  discretion: Discretion,
  summaries: readonly Summary[],
  options: DeliveriesOptions,
): Html =>
  html`<div class="ledger-scroll" tabindex="0" role="region" aria-label="${options.label}"><table class="ledger-deliveries"><tbody>${summaries.map((summary) => deliveryRow(view, discretion, summary, options))}</tbody></table></div>`

function deliveryRow(
  view: View,
  { isMasked, nameOf, textOf }: Discretion,
  summary: Summary,
  { nameIn, moment }: DeliveriesOptions,
): Html {
  const { messageId, recipient, part, channel, status, reference, campaign, overdueSince } = summary
  const provider = sourceName(summary)
  const mask = (text: string, room = MAX_NAME) =>
    cut(textOf(text, recipient === null ? [] : [recipient], [messageId]), room)
  const life = { show: 'life', provider, messageId, of: nameIn(recipient) }
  const show = button(view, 'Show', isMasked ? 'view' : 'reveal', life, { display: 'popup' })
  const who = recipient === null ? '' : cut(nameOf(recipient), MAX_NAME)
  const how = joined([part === null ? '' : `part ${part}`, channel === null ? '' : channelName(channel)])
  const what = joined([
    provider,
    reference === null ? '' : mask(reference),
    campaign === null ? '' : mask(campaign),
    mask(reasonOf(summary), MAX_REASON),
  ])
  const isLate = overdueSince !== null && moment !== 'overdueSince'
  const stands = html`${status === null ? EXPECTED : badge(status)}${isLate && html` <span class="ledger-late">overdue</span>`}`
  const when = timeOf(view, summary[moment] ?? summary.firstAt, moment === 'overdueSince')
  const id = html`<code class="ledger-id" title="Click to select">${messageId}</code>`
  const faint = (text: string | Html) => html`<span class="ledger-faint">${text}</span>`
  return view.isNarrow
    ? html`<tr><td class="ledger-text ledger-fill"><div class="ledger-between"><span>${stands}</span>${faint(when)}</div>${id}<br>${faint(joined([who, how, what]))}</td><td>${show}</td></tr>`
    : html`<tr><td class="ledger-stands">${stands}<br>${faint(when)}</td><td class="ledger-text ledger-fill">${id}<br>${faint(what)}</td><td class="ledger-who"><span class="ledger-cut">${who || '—'}</span><br>${faint(how)}</td><td>${show}</td></tr>`
}

const joined = (parts: readonly string[]): string => parts.filter((part) => part !== '').join(' · ')

const reasonOf = ({ error }: Summary): string => [...new Set([error?.code, error?.message])].filter(Boolean).join(' · ')

/** How long ago, or since when, in one unit; the moment itself where it is pointed at. */
function timeOf({ clock }: View, time: string, isSince: boolean): Html {
  const span = roughSpanOf(Date.now() - Date.parse(time))
  return html`<span title="${dateTimeOf(clock, Date.parse(time))} ${clock.label}">${isSince ? `overdue for ${span}` : `${span} ago`}</span>`
}
