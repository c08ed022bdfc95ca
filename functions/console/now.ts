import { STATUSES, type Status } from '../domain/status.ts'
import type { Count } from '../platform/observations.ts'
import { type Desk, sourcesOf } from './desk.ts'
import { figures } from './figures.ts'
import { button, notice } from './frame.ts'
import { type Html, html } from './html.ts'
import { dateTimeOf } from './moment.ts'
import { badge } from './status.ts'
import { unmappedNotice } from './unmapped.ts'
import type { View } from './view.ts'

/** The outcomes of a callback. */
const OUTCOMES = ['recorded', 'duplicate', 'ignored', 'quarantined'] as const

const ALL_STATUSES = Object.keys(STATUSES) as Status[]

/** Providers without callbacks that are named. */
const MAX_SILENT = 8

/** More providers than these have a row of one line each. */
const MAX_FULL_ROWS = 3

/** More rows than these are in a pop-up. */
const MAX_ROWS = 5

/** The widget that shows the outcomes of all callbacks in the dashboard's time range; what asks for action comes first. */
export async function nowWidget(desk: Desk, view: View): Promise<Html[]> {
  const { observations, providers, enabled = providers, firstStep } = desk
  const notes: string[] = []
  const note = (text: string) => void notes.push(text)
  const [counts, unmapped, standing] = await Promise.all([
    observations.counts(view.range, note),
    observations.unmapped(view.range, note),
    figures(desk),
  ])
  const { clock, range } = view
  const active = activeOf(desk, counts)
  const silent = enabled.filter((id) => !active.includes(id))
  const isLong = active.length > MAX_ROWS
  const all = button(view, `Show all ${active.length}`, 'view', { show: 'outcomes' }, { display: 'popup' })
  const foot = html`<div class="ledger-row ledger-small">${button(view, 'Refresh', 'view', { show: 'now' })}${isLong && all}<span class="ledger-faint">${dateTimeOf(clock, range.start)} to ${dateTimeOf(clock, range.end)}, ${clock.label}</span></div>`
  if (active.length === 0)
    return [
      ...unmappedNotice(view, unmapped),
      standing,
      notice('note', ['No callbacks in this time range.', firstStep, ...notes].join(' ')),
      foot,
    ]
  return [
    ...unmappedNotice(view, unmapped),
    standing,
    ...tableOf(
      view,
      counts,
      isLong ? mostUrgent(active, counts).slice(0, MAX_ROWS) : active,
      active.length > MAX_FULL_ROWS,
    ),
    html`${silent.length > 0 && html`<p class="ledger-faint">No callbacks: ${listOf(silent)}</p>`}`,
    ...notes.map((text) => html`<p class="ledger-faint">${text}</p>`),
    foot,
  ]
}

/** The pop-up with the outcomes of all providers. */
export async function outcomesPopup(desk: Desk, view: View): Promise<Html[]> {
  const notes: string[] = []
  const counts = await desk.observations.counts(view.range, (text) => notes.push(text))
  return [
    html`<h3>Outcomes by provider</h3>`,
    ...tableOf(view, counts, activeOf(desk, counts), false),
    ...notes.map((text) => html`<p class="ledger-faint">${text}</p>`),
  ]
}

/** The providers with callbacks. */
const activeOf = (desk: Desk, counts: readonly Count[]): string[] =>
  sourcesOf(desk).filter((id) => counts.some(({ provider }) => provider === id))

/** The providers, most quarantined callbacks first, then most callbacks. */
function mostUrgent(ids: readonly string[], counts: readonly Count[]): string[] {
  const times = (id: string, name: string) =>
    timesOf(
      counts.filter(({ provider }) => provider === id),
      name,
    )
  return ids.toSorted(
    (one, other) =>
      times(other, 'quarantined') - times(one, 'quarantined') || times(other, 'accepted') - times(one, 'accepted'),
  )
}

/** A row for each provider, and legends; dense rows have no numbers of their own, so the legend has the totals. */
function tableOf(view: View, counts: readonly Count[], ids: readonly string[], isDense: boolean): Html[] {
  const { isNarrow } = view
  const countsOf = Map.groupBy(counts, ({ provider }) => provider)
  const statuses = ALL_STATUSES.filter((status) => counts.some(({ name }) => name === `status.${status}`))
  const hasStatuses = statuses.length > 0
  const rows = ids.map((id) => providerRow(id, countsOf.get(id) ?? [], { isNarrow, hasStatuses, isDense }))
  const heads = html`<th>Provider</th><th class="ledger-number">Accepted</th><th>Outcomes</th>${hasStatuses && !isNarrow && html`<th>Statuses of new records</th>`}`
  return [
    html`<div class="ledger-scroll" tabindex="0" role="region" aria-label="Outcomes by provider"><table class="${isDense && 'ledger-dense'}"><thead><tr>${heads}</tr></thead><tbody>${rows}</tbody></table></div>`,
    html`${isDense && html`<p class="ledger-faint ledger-counts">${outcomesOf(counts).map(counted)}</p>`}`,
    html`${hasStatuses && legend(statuses)}`,
  ]
}

const listOf = (ids: readonly string[]): string =>
  ids.length <= MAX_SILENT
    ? ids.join(', ')
    : `${ids.slice(0, MAX_SILENT).join(', ')} and ${ids.length - MAX_SILENT} more`

const legend = (statuses: readonly Status[]): Html =>
  html`<ul class="ledger-legend" aria-label="Statuses">${statuses.map((status) => html`<li>${badge(status)}</li>`)}</ul>`

interface Layout {
  isNarrow: boolean
  hasStatuses: boolean
  isDense: boolean
}

function providerRow(provider: string, counts: readonly Count[], { isNarrow, hasStatuses, isDense }: Layout): Html {
  const statuses = ALL_STATUSES.map((status) => ({ name: status, times: timesOf(counts, `status.${status}`) }))
  const outcomes = outcomesOf(counts)
  const cells = [
    html`${bar(outcomes, 'outcomes')}${!isDense && html`<span class="ledger-faint ledger-counts">${outcomes.map(counted)}</span>`}`,
    ...(hasStatuses ? [bar(statuses, 'statuses')] : []),
  ]
  return html`<tr><th scope="row">${provider}</th><td class="ledger-number ledger-fixed">${timesOf(counts, 'accepted').toLocaleString('en')}</td>${
    isNarrow ? html`<td>${cells}</td>` : cells.map((cell) => html`<td>${cell}</td>`)
  }</tr>`
}

const timesOf = (counts: readonly Count[], wanted: string): number => sum(counts.filter(({ name }) => name === wanted))

const outcomesOf = (counts: readonly Count[]) =>
  OUTCOMES.map((name) => ({ name, times: timesOf(counts, name) })).filter(({ times }) => times > 0)

const counted = ({ name, times }: { name: string; times: number }): Html =>
  html`<span><i class="ledger-swatch ledger-${name}"></i>${times.toLocaleString('en')} ${name}</span>`

/** A stacked bar, which names its parts when it is pointed at, or read out. */
function bar(parts: readonly { name: string; times: number }[], what: string): Html {
  const seen = parts.filter(({ times }) => times > 0)
  if (seen.length === 0) return html`<span class="ledger-faint">none</span>`
  const names = seen.map(({ name, times }) => `${times} ${name}`).join(', ')
  return html`<div class="ledger-bar" role="img" aria-label="${what}: ${names}" title="${names}">${seen.map(
    ({ name, times }) => html`<i class="ledger-${name}" style="flex:${times} 1 0"></i>`,
  )}</div>`
}

const sum = (counts: readonly Count[]): number => counts.reduce((total, { times }) => total + times, 0)
