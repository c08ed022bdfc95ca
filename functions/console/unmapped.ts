import { sourceOf } from '../domain/source.ts'
import type { Status } from '../domain/status.ts'
import { WITHHELD } from '../platform/counts.ts'
import type { UnmappedWord } from '../platform/observations.ts'
import type { Desk } from './desk.ts'
import { button } from './frame.ts'
import { type Html, html } from './html.ts'
import type { View } from './view.ts'

/** Statuses that are shown at once. */
const FIRST = 3
const MAX = 200

/** The call for action: add the statuses that providers sent and that are in no table. */
export function unmappedNotice(view: View, words: readonly UnmappedWord[]): Html[] {
  if (words.length === 0) return []
  const title =
    words.length === 1 ? '1 provider status is not mapped' : `${words.length} provider statuses are not mapped`
  const more = button(view, `Show all ${words.length}`, 'view', { show: 'unmapped' }, { display: 'popup' })
  return [
    html`<div class="ledger-notice ledger-warning"><div class="ledger-row ledger-small"><h4>${title}</h4>${words.length > FIRST && more}</div>${tableOf(mostFrequent(words, FIRST))}</div>`,
  ]
}

/** The pop-up with all of them. */
export async function unmappedPopup({ observations }: Pick<Desk, 'observations'>, view: View): Promise<Html[]> {
  const notes: string[] = []
  const words = await observations.unmapped(view.range, (text) => notes.push(text))
  return [
    html`<h3>Provider statuses that are not mapped</h3><p class="ledger-faint">Their records are kept as unknown. Add the line to the provider's table if the guess is right, then run ledger remap.</p>`,
    tableOf(mostFrequent(words, MAX)),
    ...notes.map((text) => html`<p class="ledger-faint">${text}</p>`),
  ]
}

const mostFrequent = (words: readonly UnmappedWord[], count: number): UnmappedWord[] =>
  words.toSorted((one, other) => other.times - one.times).slice(0, count)

function tableOf(words: readonly UnmappedWord[]): Html {
  const rows = words.map(
    ({ provider, word, times }) =>
      html`<tr><td class="ledger-fixed">${provider}</td><td class="ledger-number ledger-fixed">${times} ×</td><td class="ledger-fill">${lineOf(provider, word)}</td></tr>`,
  )
  return html`<div class="ledger-scroll" tabindex="0" role="region" aria-label="Statuses that are not mapped"><table><tbody>${rows}</tbody></table></div>`
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
  if (word === WITHHELD)
    return html`<span class="ledger-faint">not shown, since it may contain an address or an id</span>`
  const status = GUESSES.find(([pattern]) => pattern.test(word))?.[1] ?? 'unknown'
  const key = /^[A-Za-z_]\w*$/.test(word) ? word.toUpperCase() : `'${word.toUpperCase().replaceAll("'", "\\'")}'`
  return html`<span class="ledger-faint">suggestion:</span> <code class="ledger-id">${key}: '${status}',</code> <span class="ledger-faint">in functions/providers/${sourceOf(provider).provider}/</span>`
}
