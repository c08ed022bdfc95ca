import type { Status } from '../domain/status.ts'
import { type Html, html } from './html.ts'
import { colourClass, shapeOf } from './palette.ts'

/** What stands for the status of a delivery that nobody has reported yet. */
export const EXPECTED: Html = html`<span class="ledger-status ledger-unknown"><span class="ledger-dot ledger-hole"></span>expected</span>`

/** A status with its mark, as on the timeline. */
export const badge = (status: Status, isFinal = false): Html =>
  html`<span class="ledger-status ${colourClass(status)}"><span class="ledger-dot ledger-${shapeOf(status)}"></span>${status}${isFinal && html`<span class="ledger-faint" title="no further delivery status is to be expected">final</span>`}</span>`
