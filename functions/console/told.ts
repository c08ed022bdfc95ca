import pMap from 'p-map'
import type { EndpointState, PauseReason } from '../domain/endpoint.ts'
import { subjectOf } from '../domain/event.ts'
import { deliveryPrefixIn, messageKey } from '../domain/key.ts'
import { readState, type Told, toldOf } from '../platform/endpoints.ts'
import { countMessages } from '../platform/queue.ts'
import { cut } from './cut.ts'
import type { Desk, DeskWebhooks } from './desk.ts'
import { button } from './frame.ts'
import { type Html, html } from './html.ts'
import { dateTimeOf, roughSpanOf } from './moment.ts'
import type { Chosen, Page } from './page.ts'
import type { View } from './view.ts'

/** Requests that are under way at once. */
const CONCURRENCY = 16

/** Deliveries of a message whose events are looked for, and lines that are shown. */
const MAX_DELIVERIES = 20
const MAX_TOLD = 20

/** Characters of a name. */
const MAX_NAME = 60

const REASONS: Record<PauseReason, string> = {
  failures: 'it fails on and on',
  gone: 'it answered 410',
  operator: 'by an operator',
}

const EVENTS: Record<string, string> = {
  'delivery-ledger.status.recorded': 'new record',
  'delivery-ledger.delivery.changed': 'where it stands',
  'delivery-ledger.delivery.overdue': 'overdue',
}

/** The widget with the endpoints that are sent events: whether events flow, what waits, and how each answered last. */
export async function toldWidget({ webhooks }: Desk, view: View): Promise<Html[]> {
  if (webhooks === undefined || webhooks.endpoints.length === 0)
    return [html`<p class="ledger-faint">Events are sent to no endpoint.</p>`]
  const { table, endpoints } = webhooks
  const rows = await pMap(
    endpoints,
    async (endpoint) => {
      const [state, waiting, dead] = await Promise.all([
        readState(table, endpoint.name),
        countMessages(endpoint.queue),
        countMessages(endpoint.deadLetters),
      ])
      return endpointRow(view, endpoint.name, state, waiting, dead)
    },
    { concurrency: CONCURRENCY },
  )
  return [
    html`<div class="ledger-scroll" tabindex="0" role="region" aria-label="Endpoints"><table><thead><tr><th>Endpoint</th><th>State</th><th class="ledger-number">Waiting</th><th class="ledger-number">Dead letters</th><th>Last answer</th></tr></thead><tbody>${rows}</tbody></table></div>`,
    html`<div class="ledger-row ledger-small">${button(view, 'Refresh', 'view', { show: 'told' })}</div>`,
  ]
}

function endpointRow(view: View, name: string, state: EndpointState, waiting: number, dead: number): Html {
  const answer =
    state.lastAnswer === null
      ? html`<span class="ledger-faint">sent nothing yet</span>`
      : html`${cut(state.lastAnswer, MAX_NAME)} <span class="ledger-faint">· ${agoOf(view, state.lastAt)}</span>`
  return html`<tr><td class="ledger-text"><b>${cut(name, MAX_NAME)}</b></td><td class="ledger-text">${stateOf(view, state)}</td>${count(waiting)}${count(dead)}<td class="ledger-text">${answer}</td></tr>`
}

function stateOf(view: View, { state, reason, since, failures }: EndpointState): Html {
  if (state === 'paused')
    return html`<span class="ledger-late">paused</span> <span class="ledger-faint">${agoOf(view, since)}${reason && ` · ${REASONS[reason]}`}</span>`
  return failures === 0
    ? html`flowing`
    : html`flowing <span class="ledger-faint">· ${failures} ${failures === 1 ? 'failure' : 'failures'} in a row</span>`
}

const count = (messages: number): Html => html`<td class="ledger-number">${messages.toLocaleString('en')}</td>`

function agoOf({ clock }: View, time: string | null): Html {
  if (time === null) return html``
  const moment = Date.parse(time)
  return html`<span title="${dateTimeOf(clock, moment)} ${clock.label}">${roughSpanOf(Date.now() - moment)} ago</span>`
}

/** When the events of a page of a message were told to whom, newest last; nothing where the stage has no endpoints. */
export async function toldOfMessage(
  { webhooks, deliveries }: Desk,
  view: View,
  { provider, messageId }: Chosen,
  { rows }: Page,
): Promise<Html[]> {
  if (webhooks === undefined || webhooks.endpoints.length === 0) return []
  const hashKey = await deliveries.hashKey()
  const pk = messageKey(provider, messageId)
  const prefixes = [...new Set(rows.map(({ sk }) => deliveryPrefixIn(sk)))].slice(0, MAX_DELIVERIES)
  const all = await readTold(
    webhooks,
    prefixes.map((prefix) => subjectOf({ hashKey }, pk, prefix)),
  )
  const others = all.length - MAX_TOLD
  return [
    html`<h4>Told <span class="ledger-faint">in the last 30 days</span></h4>`,
    all.length === 0
      ? html`<p class="ledger-faint">To nobody yet.</p>`
      : html`<ul class="ledger-told">${all.slice(-MAX_TOLD).map((told) => toldLine(view, told))}</ul>`,
    html`${others > 0 && html`<p class="ledger-faint">And ${others} earlier.</p>`}`,
  ]
}

async function readTold({ table }: DeskWebhooks, subjects: readonly string[]): Promise<Told[]> {
  const told = await pMap(subjects, (subject) => toldOf(table, subject), { concurrency: CONCURRENCY })
  return told.flat().toSorted((one, other) => (one.at < other.at ? -1 : 1))
}

const toldLine = ({ clock }: View, { at, endpoint, type, status, answer }: Told): Html =>
  html`<li>told to <b>${cut(endpoint, MAX_NAME)}</b> at ${dateTimeOf(clock, Date.parse(at))} (${answer}) <span class="ledger-faint">· ${EVENTS[type] ?? cut(type, MAX_NAME)}${status && ` · ${status}`}</span></li>`
