import { deliveriesOf } from '../domain/delivery.ts'
import { recordKey } from '../domain/key.ts'
import type { StatusRecord } from '../domain/status.ts'
import { readHistory, readRecord } from '../platform/history.ts'
import type { Desk, Discretion } from './desk.ts'
import { button, notice } from './frame.ts'
import { type Html, html } from './html.ts'
import { dateTimeOf, spanOf } from './moment.ts'
import { channelName, sentenceOf } from './sentence.ts'
import { badge } from './status.ts'
import { timelineOf } from './timeline.ts'
import type { Right, View } from './view.ts'

/** Records that are read and drawn at once, and rows of the table. */
const PAGE = 1_000
const ROWS = 100

const PADDING = 26

/** The widget that finds a message and shows its life. */
export async function messageWidget(desk: Desk, view: View, discretion: Discretion): Promise<Html[]> {
  const form = searchForm(desk, view)
  const messageId = view.asked('messageId')
  if (messageId === '')
    return [form, html`<p class="ledger-faint">Whose id is it? The provider's own, as its callbacks tell it.</p>`]
  const asked = view.asked('provider')
  const providers = desk.providers.includes(asked) ? [asked] : desk.providers
  const after = view.asked('after') || undefined
  const found = await Promise.all(
    providers.map(async (provider) => ({
      provider,
      ...(await readHistory(desk.ledger, { provider, messageId, limit: PAGE, after })),
    })),
  )
  const kept = found.filter(({ records }) => records.length > 0)
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

function searchForm({ providers }: Desk, view: View): Html {
  const asked = view.asked('provider')
  const options = ['any provider', ...providers].map((id) => {
    const selected = id === asked && html` selected`
    return html`<option value="${id}"${selected}>${id}</option>`
  })
  return html`<form class="ledger-row"><label>Provider<select name="provider">${options}</select></label><label class="ledger-wide">Message id<input name="messageId" value="${view.asked('messageId')}" autocomplete="off" spellcheck="false"></label>${button(view, 'Find', 'view', { show: 'message' })}</form>`
}

/** A message's records, as they were read. */
interface Found {
  provider: string
  messageId: string
  records: StatusRecord[]
  next: string | null
}

function lifeOf(view: View, discretion: Discretion, { provider, messageId, records, next }: Found): Html[] {
  const sentence = sentenceOf(deliveriesOf(records))
  const campaigns = new Set(records.flatMap(({ campaign }) => campaign ?? []))
  const facts = [
    provider,
    `${records.length}${next === null ? '' : ' and more'} ${records.length === 1 ? 'record' : 'records'}`,
    ...campaigns,
    `times in ${view.clock.label}`,
  ]
  const from = Math.min(Number(view.asked('from')) || 0, records.length - 1)
  const again = (label: string, right: Right, parameters: object) =>
    button(view, label, right, { show: 'message', provider, messageId, ...parameters })
  const after = view.asked('after')
  const position = { ...(after && { after }), from }
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
    recordTable(view, discretion, records.slice(from, from + ROWS)),
    html`<div class="ledger-row">${from > 0 && again('Earlier rows', right, { ...position, from: Math.max(0, from - ROWS) })}${
      from + ROWS < records.length && again('Further rows', right, { ...position, from: from + ROWS })
    }${next !== null && again(`After these ${records.length}`, right, { after: next })}${
      hasRecipients &&
      (discretion.isMasked ? again('Show recipients', 'reveal', position) : again('Mask recipients', 'view', position))
    }${again('Refresh', right, position)}</div>`,
  ]
}

function recordTable(view: View, discretion: Discretion, records: readonly StatusRecord[]): Html {
  const hasParts = records.some(({ part }) => part !== null)
  const rows = records.map((record) => {
    const { provider, messageId, recipient, part, channel, status, final, providerStatus, occurredAt, receivedAt } =
      record
    const gap = occurredAt === null ? null : Date.parse(receivedAt) - Date.parse(occurredAt)
    const details = { show: 'record', provider, messageId, sk: recordKey(record).sk }
    return html`<tr><td class="ledger-fixed">${occurredAt === null ? html`<span class="ledger-faint" title="the provider tells no time that can be read; heard then">${dateTimeOf(view.clock, Date.parse(receivedAt))} ?</span>` : dateTimeOf(view.clock, Date.parse(occurredAt))}</td><td>${recipient === null ? '—' : discretion.nameOf(recipient)}</td>${hasParts && html`<td>${part ?? '—'}</td>`}<td>${channel === null ? '—' : channelName(channel)}</td><td>${badge(status, final)}</td><td>${html`<code>${providerStatus}</code>`} ${discretion.textOf(reasonOf(record), recipient === null ? [] : [recipient])}</td><td class="ledger-fixed">${gap === null ? '—' : `${gap < 0 ? '−' : '+'}${spanOf(gap)}`}</td><td>${button(view, 'Details', discretion.isMasked ? 'view' : 'reveal', details, { display: 'popup' })}</td></tr>`
  })
  return html`<div class="ledger-scroll" tabindex="0" role="region" aria-label="Records"><table><thead><tr><th>Happened</th><th>Recipient</th>${hasParts && html`<th>Part</th>`}<th>Channel</th><th>Status</th><th>Provider's word</th><th>Heard after</th><th><span class="ledger-faint">Raw</span></th></tr></thead><tbody>${rows}</tbody></table></div>`
}

const reasonOf = ({ description, error }: StatusRecord): string =>
  [...new Set([description, error?.code, error?.message])].filter(Boolean).join(' · ')

/** The pop-up with all that is kept of one status. */
export async function recordPopup({ ledger }: Desk, view: View, { textOf }: Discretion): Promise<Html[]> {
  const record = await readRecord(ledger, view.asked('provider'), view.asked('messageId'), view.asked('sk'))
  if (record === undefined) return [notice('wrong', 'That record is no longer kept.')]
  const { details, ...fields } = record
  const mask = (value: unknown) =>
    textOf(JSON.stringify(value, null, 2), record.recipient === null ? [] : [record.recipient])
  return [
    html`<h3>${badge(record.status, record.final)}</h3>`,
    html`<dl>${Object.entries(fields)
      .filter(([, value]) => value !== null)
      .map(
        ([name, value]) =>
          html`<dt>${name}</dt><dd>${typeof value === 'string' ? mask(value).slice(1, -1) : mask(value)}</dd>`,
      )}</dl>`,
    html`<h4>Everything else that the provider told</h4><pre tabindex="0" aria-label="Details">${mask(details)}</pre>`,
  ]
}
