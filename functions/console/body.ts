import { decodeBody } from '../domain/callback.ts'
import { sourceName } from '../domain/source.ts'
import { findQuarantined, INCOMPLETE } from '../platform/quarantine.ts'
import { cut } from './cut.ts'
import type { Desk, Discretion } from './desk.ts'
import { button, notice } from './frame.ts'
import { type Html, html } from './html.ts'
import { dateTimeOf } from './moment.ts'
import type { View } from './view.ts'

/** Characters of a body and of a line that are shown. */
const MAX_BODY = 4_000
const MAX_LINE = 300

/** The pop-up with a quarantined callback. */
export async function bodyPopup({ quarantine }: Desk, view: View, { isMasked, textOf }: Discretion): Promise<Html[]> {
  const id = view.asked('id')
  const item = await findQuarantined(quarantine, id)
  if (item === undefined) return [notice('wrong', 'That callback is no longer in quarantine.')]
  const { callback, reason } = item
  if (callback === undefined) return [notice('wrong', `Nothing can be shown of it: ${INCOMPLETE}.`)]
  const body = readable(decodeBody(callback).toString())
  return [
    html`<h3>${sourceName(callback)}, ${dateTimeOf(view.clock, Date.parse(callback.receivedAt))} ${view.clock.label}</h3>`,
    notice('wrong', cut(textOf(reason), MAX_BODY)),
    html`<dl><dt>Content type</dt><dd>${cut(textOf(callback.contentType ?? '—'), MAX_LINE)}</dd><dt>Request</dt><dd>${callback.requestId}</dd></dl>`,
    html`<pre tabindex="0" aria-label="Body">${textOf(body).slice(0, MAX_BODY)}</pre>`,
    html`${body.length > MAX_BODY && html`<p class="ledger-faint">The first ${MAX_BODY} of ${body.length} characters.</p>`}`,
    html`<div class="ledger-row">${isMasked && button(view, 'Show recipients', 'reveal', { show: 'body', id }, { display: 'popup' })}</div>`,
  ]
}

/** JSON on lines of its own, where that changes nothing but white space; any other text as it is. */
function readable(body: string): string {
  try {
    const value: unknown = JSON.parse(body)
    return JSON.stringify(value) === body.trim() ? JSON.stringify(value, null, 2) : body
  } catch {
    return body
  }
}
