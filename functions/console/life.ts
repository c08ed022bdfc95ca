import { isSource } from '../domain/source.ts'
import { standsAt } from '../domain/standing.ts'
import type { Summary } from '../domain/summary.ts'
import { cut } from './cut.ts'
import type { Desk, Discretion } from './desk.ts'
import { expectedLife } from './expected.ts'
import { button, notice } from './frame.ts'
import { type Html, html } from './html.ts'
import { dateTimeOf } from './moment.ts'
import { type Chosen, chosenIn, digestOf, numberOf, type Page, pageOf, readPage } from './page.ts'
import { recordTable } from './records.ts'
import { sentenceOf } from './sentence.ts'
import { timelineOf } from './timeline.ts'
import { toldOfMessage } from './told.ts'
import type { Right, View } from './view.ts'

/** Rows of the table. */
const ROWS = 100

/** Characters of a name, and how many references and campaigns are named. */
const MAX_NAME = 32
const MAX_NAMED = 3

const PADDING = 4

/** Whose life is shown, where, and what leads to it again. */
export interface LifeOptions extends Chosen {
  display: 'widget' | 'popup'
  again: Readonly<Record<string, unknown>>
}

/** The pop-up with a message's life. */
export function lifePopup(desk: Desk, view: View, discretion: Discretion): Promise<Html[]> {
  const chosen = chosenIn(view)
  return lifeOf(desk, view, discretion, { ...chosen, display: 'popup', again: { show: 'life', ...chosen } })
}

/** A message's life: where it stands in words, its timeline, its records. */
export async function lifeOf(desk: Desk, view: View, discretion: Discretion, options: LifeOptions): Promise<Html[]> {
  const page = isSource(options.provider, desk.providers) ? await readPage(desk, options, view) : undefined
  if (page !== undefined && page.rows.length > 0)
    return [...recordedLife(view, discretion, options, page), ...(await toldOfMessage(desk, view, options, page))]
  const expected = page?.summaries.filter(({ status }) => status === null) ?? []
  if (expected.length > 0) return expectedLife(view, discretion, options, expected)
  return [notice('wrong', 'Nothing of that message is kept, or nothing more of it.')]
}

function recordedLife(
  view: View,
  discretion: Discretion,
  options: LifeOptions,
  { rows, deliveries, next, summaries, isOfOne }: Page,
): Html[] {
  const { provider, messageId, display } = options
  const sentence = sentenceOf(deliveries)
  const records = deliveries.flatMap(({ history }) => history)
  const recipients = [...new Set(records.flatMap(({ recipient }) => recipient ?? []))]
  const digests = new Map(rows.map((row) => [row.record, digestOf(row)]))
  const current = new Set(deliveries.map(({ history }) => standsAt(history)))
  const named = (name: 'reference' | 'campaign') =>
    [...new Set([...records, ...summaries].flatMap((one) => one[name] ?? []))]
      .slice(0, MAX_NAMED)
      .map((text) => cut(discretion.textOf(text, recipients, [messageId]), MAX_NAME))
  const facts = [
    `${records.length}${next === null ? '' : ' and more'} ${records.length === 1 ? 'record' : 'records'}`,
    ...named('reference'),
    ...named('campaign'),
    ...waitingOf(view, summaries),
    `times in ${view.clock.label}`,
  ]
  const from = numberOf(view, 'from', records.length - 1)
  const again = (label: string, right: Right, more: object) =>
    button(view, label, right, { ...options.again, ...more }, { display })
  const page = pageOf(view)
  const position = { page, from }
  const right: Right = discretion.isMasked ? 'view' : 'reveal'
  const hasRecipients = recipients.length > 0
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
      isOfOne && again('All recipients', right, { of: '' })
    }${
      hasRecipients &&
      (discretion.isMasked ? again('Show recipients', 'reveal', position) : again('Mask recipients', 'view', position))
    }${again('Refresh', right, position)}</div>`,
    recordTable(
      view,
      discretion,
      options,
      records
        .slice(from, from + ROWS)
        .map((record) => ({ record, digest: digests.get(record) ?? '', isCurrent: current.has(record) })),
    ),
  ]
}

/** What of a message is overdue, and what nobody has reported yet. */
function waitingOf({ clock }: View, summaries: readonly Summary[]): string[] {
  const since = summaries.flatMap(({ overdueSince }) => overdueSince ?? [])
  const expected = summaries.filter(({ status }) => status === null).length
  const [first] = since
  return [
    ...(first === undefined
      ? []
      : [since.length === 1 ? `overdue since ${dateTimeOf(clock, Date.parse(first))}` : `${since.length} overdue`]),
    ...(expected > 0 ? [`${expected} more expected`] : []),
  ]
}
