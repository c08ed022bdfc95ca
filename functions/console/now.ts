import { STATUSES, type Status } from '../domain/status.ts'
import type { Count } from '../platform/observations.ts'
import type { Desk } from './desk.ts'
import { button, notice } from './frame.ts'
import { type Html, html } from './html.ts'
import { dateTimeOf } from './moment.ts'
import { badge } from './status.ts'
import { unmappedNotice } from './unmapped.ts'
import type { View } from './view.ts'

/** What a callback can become. */
const OUTCOMES = ['recorded', 'duplicate', 'ignored', 'quarantined'] as const

const ALL_STATUSES = Object.keys(STATUSES) as Status[]

/** Providers without callbacks that are named. */
const MAX_SILENT = 8

/** The widget that shows what became of all callbacks in the dashboard's time range; what needs a person comes first. */
export async function nowWidget(
  { observations, providers, enabled = providers, firstStep }: Desk,
  view: View,
): Promise<Html[]> {
  const notes: string[] = []
  const note = (text: string) => void notes.push(text)
  const [counts, unmapped] = await Promise.all([
    observations.counts(view.range, note),
    observations.unmapped(view.range, note),
  ])
  const { clock, range, isNarrow } = view
  const countsOf = Map.groupBy(counts, ({ provider }) => provider)
  const active = providers.filter((id) => countsOf.has(id))
  const silent = enabled.filter((id) => !countsOf.has(id))
  const foot = html`<div class="ledger-row ledger-small">${button(view, 'Refresh', 'view', { show: 'now' })}<span class="ledger-faint">${dateTimeOf(clock, range.start)} to ${dateTimeOf(clock, range.end)}, ${clock.label}</span></div>`
  if (active.length === 0)
    return [
      ...unmappedNotice(view, unmapped),
      notice('note', ['No callbacks in this time range.', firstStep, ...notes].join(' ')),
      foot,
    ]
  const statuses = ALL_STATUSES.filter((status) => counts.some(({ name }) => name === `status.${status}`))
  const hasStatuses = statuses.length > 0
  const rows = active.map((id) => providerRow(id, countsOf.get(id) ?? [], { isNarrow, hasStatuses }))
  const heads = html`<th>Provider</th><th class="ledger-number">Accepted</th><th>Outcomes</th>${hasStatuses && !isNarrow && html`<th>Statuses of new records</th>`}`
  return [
    ...unmappedNotice(view, unmapped),
    html`<div class="ledger-scroll" tabindex="0" role="region" aria-label="Outcomes by provider"><table><thead><tr>${heads}</tr></thead><tbody>${rows}</tbody></table></div>`,
    html`${hasStatuses && legend(statuses)}`,
    html`${silent.length > 0 && html`<p class="ledger-faint">No callbacks: ${listOf(silent)}</p>`}`,
    ...notes.map((text) => html`<p class="ledger-faint">${text}</p>`),
    foot,
  ]
}

const listOf = (ids: readonly string[]): string =>
  ids.length <= MAX_SILENT
    ? ids.join(', ')
    : `${ids.slice(0, MAX_SILENT).join(', ')} and ${ids.length - MAX_SILENT} more`

const legend = (statuses: readonly Status[]): Html =>
  html`<ul class="ledger-legend" aria-label="Statuses">${statuses.map((status) => html`<li>${badge(status)}</li>`)}</ul>`

function providerRow(
  provider: string,
  counts: readonly Count[],
  { isNarrow, hasStatuses }: { isNarrow: boolean; hasStatuses: boolean },
): Html {
  const times = (name: string) => sum(counts.filter((count) => count.name === name))
  const seen = OUTCOMES.map((name) => ({ name, times: times(name) })).filter(({ times }) => times > 0)
  const statuses = ALL_STATUSES.map((status) => ({ name: status, times: times(`status.${status}`) }))
  const counted = seen.map(
    ({ name, times }) =>
      html`<span><i class="ledger-swatch ledger-${name}"></i>${times.toLocaleString('en')} ${name}</span>`,
  )
  const cells = [
    html`${bar(seen, 'outcomes')}<span class="ledger-faint ledger-counts">${counted}</span>`,
    ...(hasStatuses ? [bar(statuses, 'statuses')] : []),
  ]
  return html`<tr><th scope="row">${provider}</th><td class="ledger-number ledger-fixed">${times('accepted').toLocaleString('en')}</td>${
    isNarrow ? html`<td>${cells}</td>` : cells.map((cell) => html`<td>${cell}</td>`)
  }</tr>`
}

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
