import { STATUSES, type Status } from '../domain/status.ts'
import type { Count, UnmappedWord } from '../platform/observations.ts'
import type { Desk } from './desk.ts'
import { button, notice } from './frame.ts'
import { type Html, html } from './html.ts'
import { dateTimeOf } from './moment.ts'
import { badge } from './status.ts'
import type { View } from './view.ts'

/** The four ends of a callback. */
const OUTCOMES = ['recorded', 'duplicate', 'ignored', 'quarantined'] as const

const MAX_WORDS = 20

/** The widget that tells what became of all callbacks in the dashboard's time range. */
export async function nowWidget({ observations, providers }: Desk, view: View): Promise<Html[]> {
  const [counts, unmapped] = await Promise.all([observations.counts(view.range), observations.unmapped(view.range)])
  const { clock, range } = view
  const rows = providers.map((provider) =>
    providerRow(
      provider,
      counts.filter((count) => count.provider === provider),
    ),
  )
  const statuses = Object.keys(STATUSES) as Status[]
  const seen = statuses.filter((status) => counts.some(({ name }) => name === `status.${status}`))
  return [
    html`<p class="ledger-faint">${dateTimeOf(clock, range.start)} to ${dateTimeOf(clock, range.end)}, ${clock.label}</p>`,
    html`<div class="ledger-scroll" tabindex="0" role="region" aria-label="Outcomes by provider"><table><thead><tr><th>Provider</th><th class="ledger-number">Accepted</th>${OUTCOMES.map((name) => html`<th class="ledger-number">${name}</th>`)}<th>Outcomes</th><th>Statuses</th></tr></thead><tbody>${rows}</tbody></table></div>`,
    html`<ul class="ledger-legend">${seen.map((status) => html`<li>${badge(status)}</li>`)}</ul>`,
    ...unmappedTable(unmapped),
    html`<div class="ledger-row">${button(view, 'Refresh', 'view', { show: 'now' })}</div>`,
  ]
}

function providerRow(provider: string, counts: readonly Count[]): Html {
  const times = (name: string) => sum(counts.filter((count) => count.name === name))
  const outcomes = OUTCOMES.map((name) => ({ name, times: times(name) }))
  const statuses = (Object.keys(STATUSES) as Status[]).map((status) => ({
    name: status,
    times: times(`status.${status}`),
  }))
  return html`<tr><th scope="row">${provider}</th>${[times('accepted'), ...outcomes.map(({ times }) => times)].map(
    (count) => html`<td class="ledger-number ledger-fixed">${count.toLocaleString('en')}</td>`,
  )}<td>${bar(outcomes, 'outcomes')}</td><td>${bar(statuses, 'statuses')}</td></tr>`
}

/** A stacked bar, which says its parts when it is pointed at, or read out. */
function bar(parts: readonly { name: string; times: number }[], what: string): Html {
  const seen = parts.filter(({ times }) => times > 0)
  if (seen.length === 0) return html`<span class="ledger-faint">none</span>`
  const told = seen.map(({ name, times }) => `${times} ${name}`).join(', ')
  return html`<div class="ledger-bar" role="img" aria-label="${what}: ${told}" title="${told}">${seen.map(
    ({ name, times }) => html`<span class="ledger-${name}" style="flex:${times} 1 0"></span>`,
  )}</div>`
}

function unmappedTable(words: readonly UnmappedWord[]): Html[] {
  if (words.length === 0) return [notice('done', 'Every word that came is in its table.')]
  const sorted = [...words].sort((one, other) => other.times - one.times)
  const rows = sorted
    .slice(0, MAX_WORDS)
    .map(
      ({ provider, word, times }) =>
        html`<tr><td>${provider}</td><td><code>${word}</code></td><td class="ledger-number ledger-fixed">${times}</td><td>${lineOf(provider, word)}</td></tr>`,
    )
  return [
    html`<h4>Words that no table has: stored as unknown</h4><div class="ledger-scroll" tabindex="0" role="region" aria-label="Unmapped words"><table><thead><tr><th>Provider</th><th>Word</th><th class="ledger-number">Times</th><th>The line that would map it, if it means that</th></tr></thead><tbody>${rows}</tbody></table></div>`,
  ]
}

/** What words mean in most vocabularies, the first that fits. */
const GUESSES: readonly (readonly [RegExp, Status])[] = [
  [/unsub|opt.?out|stop/i, 'unsubscribed'],
  [/spam|complain|abuse/i, 'complained'],
  [/click/i, 'clicked'],
  [/read|open|seen|view/i, 'read'],
  [/expir|time.?out|ttl/i, 'expired'],
  [/un.?deliv|not.?deliv|bounce|unreach|absent|invalid/i, 'undelivered'],
  [/reject|block|refus|denied|filter|forbid|black/i, 'rejected'],
  [/skip|no.?sen[dt]|cancel/i, 'skipped'],
  [/fail|error|abort/i, 'failed'],
  [/deliver|arriv|received/i, 'delivered'],
  [/sent|send|transmit|submit|dispatch/i, 'sent'],
  [/queue|accept|process|pending|schedul|creat/i, 'queued'],
]

function lineOf(provider: string, word: string): Html {
  const status = GUESSES.find(([pattern]) => pattern.test(word))?.[1] ?? 'unknown'
  const key = /^[A-Za-z_]\w*$/.test(word) ? word.toUpperCase() : `'${word.toUpperCase().replaceAll("'", "\\'")}'`
  return html`<code>${key}: '${status}',</code> <span class="ledger-faint">in functions/providers/${provider}/</span>`
}

const sum = (counts: readonly Count[]): number => counts.reduce((total, { times }) => total + times, 0)
