import { type Html, html } from './html.ts'

/** A line that says which look-ups are off, and which key of a stage's configuration turns them on; none where all are on. */
export const offNote = (what: string, lookups: readonly string[]): Html[] =>
  lookups.length === 0
    ? []
    : [
        html`<p class="ledger-faint">${what}: ${lookups.join(', ')}. Add ${lookups.length === 1 ? 'it' : 'them'} to the stage’s <code>"lookups"</code> to turn ${lookups.length === 1 ? 'it' : 'them'} on.</p>`,
      ]
