import { standsAt } from '../domain/standing.ts'
import { cut } from './cut.ts'
import type { Desk, Discretion } from './desk.ts'
import { button, notice } from './frame.ts'
import { attribute, type Html, html } from './html.ts'
import { digestOf, numberOf, type Page, pageOf, readPage } from './page.ts'
import { recordTable } from './records.ts'
import { sentenceOf } from './sentence.ts'
import { timelineOf } from './timeline.ts'
import type { Right, View } from './view.ts'

/** Rows of the table. */
const ROWS = 100

/** Characters of a name, and how many campaigns are named. */
const MAX_NAME = 32
const MAX_CAMPAIGNS = 3

const PADDING = 4

/** The widget that finds a message and shows its life. */
export async function messageWidget(desk: Desk, view: View, discretion: Discretion): Promise<Html[]> {
  const form = searchForm(desk, view)
  const messageId = view.asked('messageId')
  if (messageId === '')
    return [
      form,
      html`<p class="ledger-faint">Enter the message id that the provider returned when you sent the message.</p>`,
    ]
  const asked = view.asked('provider')
  const providers = desk.providers.includes(asked) ? [asked] : desk.providers
  const found = await Promise.all(
    providers.map(async (provider) => ({ provider, ...(await readPage(desk.ledger, provider, view)) })),
  )
  const kept = found.filter(({ rows }) => rows.length > 0)
  const [first, ...others] = kept
  if (first === undefined)
    return [
      form,
      notice(
        'wrong',
        `No message has the id ${messageId}. Ids are those of the provider; recipients and your own references are not searched here.`,
      ),
    ]
  if (others.length > 0)
    return [
      form,
      notice('note', 'Several providers have a message with this id. Choose one:'),
      html`<div class="ledger-row">${kept.map(({ provider }) => button(view, provider, 'view', { show: 'message', provider, messageId }))}</div>`,
    ]
  return [form, ...lifeOf(view, discretion, { messageId, ...first })]
}

function searchForm({ providers }: Desk, view: View): Html {
  const asked = view.asked('provider')
  const options = ['', ...providers].map((id) => {
    const selected = id === asked && html` selected`
    return html`<option value="${id}"${selected}>${id || 'any provider'}</option>`
  })
  return html`<form class="ledger-row" method="dialog"><label>Provider<select name="provider">${options}</select></label><label class="ledger-wide">Message id<input name="messageId" value="${attribute(view.asked('messageId'))}" autocomplete="off" spellcheck="false"></label>${button(view, 'Find', 'view', { show: 'message' }, { isSubmit: true })}</form>`
}

/** A message, as it was read. */
interface Found extends Page {
  provider: string
  messageId: string
}

function lifeOf(view: View, discretion: Discretion, { provider, messageId, rows, deliveries, next }: Found): Html[] {
  const sentence = sentenceOf(deliveries)
  const records = deliveries.flatMap(({ history }) => history)
  const digests = new Map(rows.map((row) => [row.record, digestOf(row)]))
  const current = new Set(deliveries.map(({ history }) => standsAt(history)))
  const campaigns = [...new Set(records.flatMap(({ campaign }) => campaign ?? []))].slice(0, MAX_CAMPAIGNS)
  const facts = [
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
    html`<h3>${sentence}</h3><p class="ledger-faint">${provider} <code class="ledger-id" title="Click to select">${messageId}</code> · ${facts.join(' · ')}</p>`,
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
    recordTable(
      view,
      discretion,
      records
        .slice(from, from + ROWS)
        .map((record) => ({ record, digest: digests.get(record) ?? '', isCurrent: current.has(record) })),
    ),
  ]
}
