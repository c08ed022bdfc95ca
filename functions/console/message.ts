import { hash } from 'node:crypto'
import type { Delivery } from '../domain/delivery.ts'
import type { LedgerRow } from '../domain/key.ts'
import type { StatusRecord } from '../domain/status.ts'
import { type HistoryPage, readDeliveries } from '../platform/history.ts'
import type { Table } from '../platform/table.ts'
import { cut } from './cut.ts'
import type { Desk, Discretion } from './desk.ts'
import { button, notice } from './frame.ts'
import { attribute, type Html, html } from './html.ts'
import { dateTimeOf, spanOf } from './moment.ts'
import { channelName, sentenceOf, timeOf } from './sentence.ts'
import { badge } from './status.ts'
import { timelineOf } from './timeline.ts'
import type { Right, View } from './view.ts'

/** Records that are read and drawn at once, and rows of the table. */
const PAGE = 1_000
const ROWS = 100

/** Characters of a text in a row or a line, and of what a pop-up tells at once. */
const MAX_NAME = 32
const MAX_REASON = 300
const MAX_DETAILS = 20_000

/** Campaigns that are named. */
const MAX_CAMPAIGNS = 3

const MAX_PAGE = 50

const PADDING = 4

/** The widget that finds a message and shows its life. */
export async function messageWidget(desk: Desk, view: View, discretion: Discretion): Promise<Html[]> {
  const form = searchForm(desk, view)
  const messageId = view.asked('messageId')
  if (messageId === '')
    return [form, html`<p class="ledger-faint">Whose id is it? The provider's own, as its callbacks tell it.</p>`]
  const asked = view.asked('provider')
  const providers = desk.providers.includes(asked) ? [asked] : desk.providers
  const found = await Promise.all(
    providers.map(async (provider) => ({ provider, ...(await readPage(desk.ledger, provider, view)) })),
  )
  const kept = found.filter(({ rows }) => rows.length > 0)
  const [first, ...others] = kept
  if (first === undefined) return [form, notice('wrong', `Nothing is kept of ${messageId}.`)]
  if (others.length > 0)
    return [
      form,
      notice('note', 'Several providers have a message of that id.'),
      html`<div class="ledger-row">${kept.map(({ provider }) => button(view, provider, 'view', { show: 'message', provider, messageId }))}</div>`,
    ]
  return [form, ...lifeOf(view, discretion, { messageId, ...first })]
}

/**
 * A page of a message's records. Pages have numbers, since the key after which one begins holds a recipient, whom a masked
 * widget does not tell: those before are read again, which few messages have.
 */
async function readPage(ledger: Table, provider: string, view: View): Promise<Page> {
  const messageId = view.asked('messageId')
  let page: Page = NOTHING
  for (let number = 0; number <= pageOf(view); number++) {
    if (number > 0 && page.next === null) return NOTHING
    page = await readDeliveries(ledger, { provider, messageId, limit: PAGE, after: page.next ?? undefined })
  }
  return page
}

const pageOf = (view: View): number => numberOf(view, 'page', MAX_PAGE)

/** A parameter from 0 to `max`; 0 where it is none. */
const numberOf = (view: View, name: string, max: number): number =>
  Math.max(0, Math.min(Math.trunc(Number(view.asked(name))) || 0, max))

/** What tells a row from all others of its message, and tells nothing else. */
const digestOf = ({ sk }: LedgerRow): string => hash('sha256', sk, 'base64url').slice(0, 22)

function searchForm({ providers }: Desk, view: View): Html {
  const asked = view.asked('provider')
  const options = ['any provider', ...providers].map((id) => {
    const selected = id === asked && html` selected`
    return html`<option value="${id}"${selected}>${id}</option>`
  })
  return html`<form class="ledger-row" method="dialog"><label>Provider<select name="provider">${options}</select></label><label class="ledger-wide">Message id<input name="messageId" value="${attribute(view.asked('messageId'))}" autocomplete="off" spellcheck="false"></label>${button(view, 'Find', 'view', { show: 'message' }, { isSubmit: true })}</form>`
}

/** A page of a message, with where the whole of each delivery stands. */
interface Page extends HistoryPage {
  deliveries: Delivery[]
}

const NOTHING: Page = { rows: [], deliveries: [], next: null }

/** A message, as it was read. */
interface Found extends Page {
  provider: string
  messageId: string
}

function lifeOf(view: View, discretion: Discretion, { provider, messageId, rows, deliveries, next }: Found): Html[] {
  const sentence = sentenceOf(deliveries)
  const records = deliveries.flatMap(({ history }) => history)
  const digests = new Map(rows.map((row) => [row.record, digestOf(row)]))
  const campaigns = [...new Set(records.flatMap(({ campaign }) => campaign ?? []))].slice(0, MAX_CAMPAIGNS)
  const facts = [
    provider,
    `${records.length}${next === null ? '' : ' and more'} ${records.length === 1 ? 'record' : 'records'}`,
    ...campaigns.map((campaign) => cut(campaign, MAX_NAME)),
    `times in ${view.clock.label}`,
  ]
  const from = numberOf(view, 'from', records.length - 1)
  const again = (label: string, right: Right, parameters: object) =>
    button(view, label, right, { show: 'message', provider, messageId, ...parameters })
  const page = pageOf(view)
  const position = { page, from }
  const right: Right = discretion.isMasked ? 'view' : 'reveal'
  const hasRecipients = records.some(({ recipient }) => recipient !== null)
  return [
    html`<h3>${sentence}</h3><p class="ledger-faint">${facts.join(' · ')}</p>`,
    timelineOf(records, {
      width: view.width - PADDING,
      clock: view.clock,
      title: `Timeline: ${sentence}`,
      nameOf: discretion.nameOf,
    }),
    html`<div class="ledger-row ledger-small">${from > 0 && again('Earlier rows', right, { ...position, from: Math.max(0, from - ROWS) })}${
      from + ROWS < records.length && again('Further rows', right, { ...position, from: from + ROWS })
    }${next !== null && again(`After these ${records.length}`, right, { page: page + 1 })}${
      hasRecipients &&
      (discretion.isMasked ? again('Show recipients', 'reveal', position) : again('Mask recipients', 'view', position))
    }${again('Refresh', right, position)}</div>`,
    recordTable(view, discretion, records.slice(from, from + ROWS), digests),
  ]
}

function recordTable(
  view: View,
  discretion: Discretion,
  records: readonly StatusRecord[],
  digests: ReadonlyMap<StatusRecord, string>,
): Html {
  const days = new Set(records.map((record) => dateTimeOf(view.clock, timeOf(record)).slice(0, 10)))
  const rows = records.map((record) => recordRow(view, discretion, record, digests.get(record), days.size === 1))
  const [day] = days
  const when = days.size === 1 ? day : 'Happened'
  const heads = view.isNarrow ? [when, 'By', 'Status'] : [when, 'To', 'Channel', 'Status', "Provider's word", 'Raw']
  return html`<div class="ledger-scroll" tabindex="0" role="region" aria-label="Records"><table><thead><tr>${heads.map((head) => html`<th>${head}</th>`)}</tr></thead><tbody>${rows}</tbody></table></div>`
}

function recordRow(
  view: View,
  { isMasked, nameOf, textOf }: Discretion,
  record: StatusRecord,
  digest: string | undefined,
  isOneDay: boolean,
): Html {
  const { provider, messageId, recipient, part, channel, status, final, providerStatus, occurredAt, receivedAt } =
    record
  const happened = dateTimeOf(view.clock, timeOf(record)).slice(isOneDay ? 11 : 0)
  const gap = occurredAt === null ? null : Date.parse(receivedAt) - Date.parse(occurredAt)
  const heard = gap === null ? 'when heard; no time told' : `heard ${gap < 0 ? '−' : '+'}${spanOf(gap)}`
  const details = { show: 'record', provider, messageId, page: pageOf(view), digest }
  const when = html`<td class="ledger-fixed">${happened}<br><span class="ledger-faint">${heard}</span></td>`
  const to = html`${recipient === null ? '—' : cut(nameOf(recipient), MAX_NAME)}${part !== null && html`<br><span class="ledger-faint">part ${part}</span>`}`
  const by = channel === null ? '—' : channelName(channel)
  const word = html`<code>${cut(textOf(providerStatus), MAX_NAME)}</code> <span class="ledger-faint">${cut(textOf(reasonOf(record), recipient === null ? [] : [recipient]), MAX_REASON)}</span>`
  const more = button(view, 'Details', isMasked ? 'view' : 'reveal', details, { display: 'popup' })
  return view.isNarrow
    ? html`<tr>${when}<td class="ledger-fixed">${by}<br><span class="ledger-faint">${to}</span></td><td class="ledger-text">${badge(status, final)}<br>${word}<br>${more}</td></tr>`
    : html`<tr>${when}<td class="ledger-fixed">${to}</td><td class="ledger-fixed">${by}</td><td>${badge(status, final)}</td><td class="ledger-text">${word}</td><td>${more}</td></tr>`
}

const reasonOf = ({ description, error }: StatusRecord): string =>
  [...new Set([description, error?.code, error?.message])].filter(Boolean).join(' · ')

/** The pop-up with all that is kept of one status. */
export async function recordPopup({ ledger }: Desk, view: View, { textOf }: Discretion): Promise<Html[]> {
  const { rows } = await readPage(ledger, view.asked('provider'), view)
  const record = rows.find((row) => digestOf(row) === view.asked('digest'))?.record
  if (record === undefined) return [notice('wrong', 'That record is no longer kept.')]
  const { details, ...fields } = record
  const { recipient } = record
  const recipients = recipient === null ? [] : [JSON.stringify(recipient).slice(1, -1)]
  const mask = (value: unknown) => cut(textOf(JSON.stringify(value, null, 2), recipients), MAX_DETAILS)
  return [
    html`<h3>${badge(record.status, record.final)}</h3>`,
    html`<dl>${Object.entries(fields)
      .filter(([, value]) => value !== null)
      .map(
        ([name, value]) =>
          html`<dt>${name}</dt><dd>${typeof value === 'string' ? mask(value).replace(/^"|"$/g, '') : mask(value)}</dd>`,
      )}</dl>`,
    html`<h4>Everything else that the provider told</h4><pre tabindex="0" aria-label="Details">${mask(details)}</pre>`,
  ]
}
