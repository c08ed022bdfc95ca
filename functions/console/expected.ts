import type { Summary } from '../domain/summary.ts'
import { cut } from './cut.ts'
import type { Discretion } from './desk.ts'
import { button } from './frame.ts'
import { type Html, html } from './html.ts'
import type { LifeOptions } from './life.ts'
import { dateTimeOf, roughSpanOf } from './moment.ts'
import { channelName } from './sentence.ts'
import type { View } from './view.ts'

/** Characters of a name, and how many expectations are shown. */
const MAX_NAME = 100
const MAX_SHOWN = 20

/** What is known of a message that nobody has reported: what its sender says. */
export function expectedLife(
  view: View,
  discretion: Discretion,
  { provider, messageId, display, again }: LifeOptions,
  summaries: readonly Summary[],
): Html[] {
  const { isMasked } = discretion
  const others = summaries.length - MAX_SHOWN
  const hasRecipients = summaries.some(({ recipient }) => recipient !== null)
  return [
    html`<h3>${expectedSentence(summaries)}</h3><p class="ledger-faint">${provider} <code class="ledger-id" title="Click to select">${messageId}</code> · as its sender says · times in ${view.clock.label}</p>`,
    ...summaries.slice(0, MAX_SHOWN).map((summary) => factsOf(view, discretion, summary)),
    html`${others > 0 && html`<p class="ledger-faint">And ${others} more.</p>`}`,
    html`<div class="ledger-row ledger-small">${
      hasRecipients &&
      button(view, isMasked ? 'Show recipients' : 'Mask recipients', isMasked ? 'reveal' : 'view', again, { display })
    }${button(view, 'Refresh', isMasked ? 'view' : 'reveal', again, { display })}</div>`,
  ]
}

/** Where a message stands that nobody has reported. */
export function expectedSentence(summaries: readonly Summary[]): string {
  const since = summaries.flatMap(({ overdueSince }) => overdueSince ?? []).toSorted()[0]
  return since === undefined
    ? 'Expected, nothing received yet'
    : `Overdue for ${roughSpanOf(Date.now() - Date.parse(since))}, nothing received yet`
}

function factsOf({ clock }: View, { nameOf, textOf }: Discretion, summary: Summary): Html {
  const { recipient, part, channel, reference, campaign, sentAt, overdueSince, messageId } = summary
  const mask = (text: string) => textOf(text, recipient === null ? [] : [recipient], [messageId])
  const timeOf = (time: string | null) => time && dateTimeOf(clock, Date.parse(time))
  const facts = {
    Sent: timeOf(sentAt),
    'Overdue since': timeOf(overdueSince),
    Recipient: recipient && nameOf(recipient),
    Part: part,
    Channel: channel && channelName(channel),
    Reference: reference && mask(reference),
    Campaign: campaign && mask(campaign),
  }
  const known = Object.entries(facts).filter(([, fact]) => fact !== null)
  return html`<dl>${known.map(([name, fact]) => html`<dt>${name}</dt><dd>${cut(String(fact), MAX_NAME)}</dd>`)}</dl>`
}
