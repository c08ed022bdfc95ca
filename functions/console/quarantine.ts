import { decodeBody } from '../domain/callback.ts'
import {
  findQuarantined,
  INCOMPLETE,
  isQuarantineId,
  listHeads,
  type QuarantineHead,
  readForReplay,
  release,
} from '../platform/quarantine.ts'
import { enqueue } from '../platform/queue.ts'
import { cut } from './cut.ts'
import type { Desk, Discretion } from './desk.ts'
import { button, notice } from './frame.ts'
import { type Html, html } from './html.ts'
import { dateTimeOf, spanOf } from './moment.ts'
import type { View } from './view.ts'

/** Items of one page. */
const PAGE = 20

/** How much of a body, or of a reason in a row, is shown; characters. */
const MAX_BODY = 4_000
const MAX_REASON = 300

/** How long a function may go on with many items, in milliseconds; it has half a minute. */
const PATIENCE = 20_000

const BATCH = 100

/** The widget that lists what is set aside, newest first. */
export async function quarantineWidget(desk: Desk, view: View, { textOf }: Discretion, ...before: Html[]) {
  const asked = view.asked('before')
  const position = isQuarantineId(asked) ? asked : undefined
  const { heads: items, next } = await listHeads(desk.quarantine, desk.providers, PAGE, position)
  const pages = html`<div class="ledger-row">${button(view, 'Refresh', 'view', { show: 'quarantine' })}${
    next && button(view, 'Older', 'view', { show: 'quarantine', before: next })
  }</div>`
  if (items.length === 0)
    return [...before, notice('done', position ? 'There is nothing older.' : 'Nothing is in quarantine.'), pages]
  const heads = newestOfMany(items)
  const rows = items.map((item) => itemRow(view, item, heads.has(item), textOf))
  return [
    ...before,
    html`<div class="ledger-scroll" tabindex="0" role="region" aria-label="Quarantined callbacks"><table><thead><tr><th>Age</th>${view.isNarrow || html`<th>Provider</th>`}<th>Reason</th>${view.isNarrow || html`<th><span class="ledger-faint">Do</span></th>`}</tr></thead><tbody>${rows}</tbody></table></div>`,
    pages,
  ]
}

function itemRow(view: View, item: QuarantineHead, isNewestOfMany: boolean, textOf: Discretion['textOf']): Html {
  const { id, reason, provider, receivedAt } = item
  const position = { before: view.asked('before') }
  const received = Date.parse(receivedAt)
  const age = html`<span title="${dateTimeOf(view.clock, received)} ${view.clock.label}">${spanOf(Date.now() - received)}</span>`
  const buttons = html`<div class="ledger-row">${button(view, 'Body', 'view', { show: 'body', id }, { display: 'popup' })}${button(
    view,
    'Replay',
    'replay',
    { id, ...position },
    {
      confirmation: `Send this callback of ${provider} through the worker again? It leaves the quarantine if it can be read now.`,
    },
  )}${button(
    view,
    'Drop',
    'drop',
    { id, ...position },
    { confirmation: `Delete this callback of ${provider} for good? What it told will not be in the ledger.` },
  )}</div>`
  const told = html`${cut(textOf(reason), MAX_REASON)}${isNewestOfMany && html`<div class="ledger-row">${replayAll(view, item)}</div>`}`
  return view.isNarrow
    ? html`<tr><td class="ledger-fixed">${age}<br>${provider}</td><td class="ledger-text">${told}${buttons}</td></tr>`
    : html`<tr><td class="ledger-fixed">${age}</td><td class="ledger-fixed">${provider}</td><td class="ledger-text">${told}</td><td>${buttons}</td></tr>`
}

/** The newest of each kind of reason that a page has more than one of. */
const newestOfMany = (items: readonly QuarantineHead[]): Set<QuarantineHead> =>
  new Set(
    [...Map.groupBy(items, (item) => `${item.provider} ${kindOf(item.reason)}`).values()].flatMap(
      ([newest, ...others]) => (others.length > 0 && newest ? newest : []),
    ),
  )

/** A reason, wherever in the callback it stands. */
const kindOf = (reason: string): string => reason.replace(/\d+/g, 'n')

const replayAll = (view: View, { id, provider }: QuarantineHead): Html =>
  button(
    view,
    'Replay all with this reason',
    'replay',
    { like: id },
    {
      confirmation: `Send all callbacks of ${provider} with this reason through the worker again, also the older ones?`,
    },
  )

/** The pop-up with a callback as it arrived. */
export async function bodyPopup({ quarantine }: Desk, view: View, { isMasked, textOf }: Discretion): Promise<Html[]> {
  const id = view.asked('id')
  const item = await findQuarantined(quarantine, id)
  if (item === undefined) return [notice('wrong', 'That callback is no longer in quarantine.')]
  const { callback, reason } = item
  if (callback === undefined) return [notice('wrong', `Nothing can be shown of it: ${INCOMPLETE}.`)]
  const body = decodeBody(callback).toString()
  const cutNote =
    body.length > MAX_BODY && html`<p class="ledger-faint">The first ${MAX_BODY} of ${body.length} characters.</p>`
  return [
    html`<h3>${callback.provider}, ${dateTimeOf(view.clock, Date.parse(callback.receivedAt))} ${view.clock.label}</h3>`,
    notice('wrong', cut(textOf(reason), MAX_BODY)),
    html`<dl><dt>Content type</dt><dd>${cut(textOf(callback.contentType ?? '—'), MAX_REASON)}</dd><dt>Request</dt><dd>${callback.requestId}</dd></dl>`,
    html`<pre tabindex="0" aria-label="Body">${textOf(body).slice(0, MAX_BODY)}</pre>`,
    html`${cutNote}`,
    html`<div class="ledger-row">${isMasked && button(view, 'Show recipients', 'reveal', { show: 'body', id }, { display: 'popup' })}</div>`,
  ]
}

/** What a change did: the items that it was about, and whether it came to its end. */
export interface Change {
  ids: string[]
  text: string
  isDone: boolean
}

/** Sends one item, or all of its provider with the same kind of reason as another, through the worker again. */
export async function replay(desk: Desk, view: View): Promise<Change> {
  const like = view.asked('like')
  const item = await findQuarantined(desk.quarantine, like || view.asked('id'))
  if (item === undefined) return GONE
  if (like !== '') return replayLike(desk, item)
  if (item.callback === undefined) return { ids: [], text: `It was not replayed: ${INCOMPLETE}.`, isDone: false }
  await enqueue(desk.queue, { ...item.callback, replay: true })
  return { ids: [item.id], text: 'It goes through the worker again, and leaves if it can be read now.', isDone: true }
}

async function replayLike(desk: Desk, { reason, provider }: QuarantineHead): Promise<Change> {
  const deadline = Date.now() + PATIENCE
  const ids: string[] = []
  let before: string | undefined
  do {
    const { heads, next } = await listHeads(desk.quarantine, [provider], BATCH, before)
    for (const { id } of heads.filter((head) => kindOf(head.reason) === kindOf(reason))) {
      const callback = await readForReplay(desk.quarantine, id).catch(() => undefined)
      if (callback === undefined) continue
      await enqueue(desk.queue, callback)
      ids.push(id)
    }
    before = next
  } while (before !== undefined && Date.now() < deadline)
  const rest = before === undefined ? '' : ' There are more: refresh, and do it again.'
  return {
    ids,
    text: `${ids.length} go through the worker again, and leave if they can be read now.${rest}`,
    isDone: true,
  }
}

/** Deletes one item for good. */
export async function drop({ quarantine }: Desk, view: View): Promise<Change> {
  const id = view.asked('id')
  const item = await findQuarantined(quarantine, id)
  if (item === undefined) return GONE
  await release(quarantine, [id])
  return { ids: [id], text: 'It is deleted.', isDone: true }
}

const GONE: Change = { ids: [], text: 'That callback is no longer in quarantine.', isDone: false }
