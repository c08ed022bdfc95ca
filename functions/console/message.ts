import { sourceName } from '../domain/source.ts'
import { cut } from './cut.ts'
import { deliveryTable } from './deliveries.ts'
import { type Desk, type Discretion, sourcesOf } from './desk.ts'
import { button, notice } from './frame.ts'
import { attribute, type Html, html } from './html.ts'
import { lifeOf } from './life.ts'
import { nationalHint } from './national.ts'
import { offNote } from './off.ts'
import type { Chosen } from './page.ts'
import { type Hits, search } from './search.ts'
import { disguise, type Kind, LOOKUP_KINDS, parametersOf, readSought, recipientNames, type Sought } from './sought.ts'
import type { Right, View } from './view.ts'

/** Characters of what was looked for, in an answer. */
const MAX_TEXT = 200

const TITLES: Record<Kind, string> = {
  id: 'Messages with this id',
  recipient: 'To this recipient',
  reference: 'With this reference',
  campaign: 'Of this campaign',
}

/** The widget that finds messages, and shows the life of one. */
export async function messageWidget(desk: Desk, view: View, discretion: Discretion): Promise<Html[]> {
  const sought = view.asked('find') === '' ? undefined : await readSought(desk, view)
  if (sought === undefined) return [searchForm(desk, view), ...firstStep(desk, view)]
  const life = view.asked('life')
  if (life !== '') {
    const chosen = { provider: life, messageId: view.asked('messageId'), of: view.asked('of') }
    return [searchForm(desk, view, sought), ...(await foundLife(desk, view, discretion, sought, chosen))]
  }
  const kind = (['id', ...LOOKUP_KINDS] as const).find((own) => own === view.asked('kind'))
  const after = view.asked('after') || undefined
  const hits = await search(desk, sought, { kind, after })
  const shown = disguise(sought, kind === undefined ? hits.map((own) => own.kind) : [kind])
  const form = searchForm(desk, view, shown)
  const nameIn = await recipientNames(desk.deliveries)
  const only = kind === undefined ? onlyMessage(hits, nameIn) : undefined
  if (only !== undefined) return [form, ...(await foundLife(desk, view, discretion, shown, only))]
  if (hits.length === 0) return [form, nothing(shown), ...searchedNot(desk)]
  return [form, ...hitLists(view, discretion, hits, { shown, nameIn, kind, after }), ...searchedNot(desk)]
}

function searchForm(desk: Desk, view: View, sought?: Sought): Html {
  const { find, hashes, provider } = sought
    ? parametersOf(sought)
    : { find: '', hashes: '', provider: view.asked('provider') }
  const options = ['', ...sourcesOf(desk)].map((id) => {
    const selected = id === provider && html` selected`
    return html`<option value="${id}"${selected}>${id || 'any provider'}</option>`
  })
  return html`<form class="ledger-row" method="dialog"><label>Provider<select name="provider">${options}</select></label><label class="ledger-wide">Id, recipient, reference or campaign<input name="find" value="${attribute(find)}" autocomplete="off" spellcheck="false"></label><input type="hidden" name="hashes" value="${attribute(hashes)}">${button(view, 'Find', 'view', { show: 'message' }, { isSubmit: true })}</form>`
}

function firstStep(desk: Desk, view: View): Html[] {
  if (view.asked('find') !== '')
    return [notice('note', 'What was entered is hidden, and cannot be searched again from here. Enter it again.')]
  const known = LOOKUP_KINDS.filter((kind) => desk.deliveries.lookups.includes(kind))
  return [
    html`<p class="ledger-faint">Enter the message id that the provider returned when you sent the message${known.map((kind) => `, or a ${kind}`)}.</p>`,
    ...searchedNot(desk),
  ]
}

/** The one message that was found; undefined where there are several, or may be. */
function onlyMessage(hits: readonly Hits[], nameIn: NameIn): Chosen | undefined {
  const found = hits.flatMap(({ summaries }) => summaries)
  const [first] = found
  if (first === undefined) return undefined
  const isOne = found.every((own) => sourceName(own) === sourceName(first) && own.messageId === first.messageId)
  if (!isOne || hits.some(({ next }) => next !== null)) return undefined
  const { messageId, recipient } = first
  const isOfOne = hits.every(({ kind }) => kind === 'recipient')
  return { provider: sourceName(first), messageId, of: isOfOne ? nameIn(recipient) : '' }
}

function foundLife(desk: Desk, view: View, discretion: Discretion, shown: Sought, chosen: Chosen): Promise<Html[]> {
  const { provider, messageId, of } = chosen
  const again = { show: 'message', ...parametersOf(shown), life: provider, messageId, of }
  return lifeOf(desk, view, discretion, { ...chosen, display: 'widget', again })
}

type NameIn = (recipient: string | null) => string

interface List {
  shown: Sought
  nameIn: NameIn
  /** The one way to find something that was asked for, and after which position. */
  kind: Kind | undefined
  after: string | undefined
}

function hitLists(
  view: View,
  discretion: Discretion,
  hits: readonly Hits[],
  { shown, nameIn, kind, after }: List,
): Html[] {
  const right = discretion.isMasked ? 'view' : 'reveal'
  const turn = (label: string, more: object, to: Right = right) =>
    button(view, label, to, { show: 'message', ...parametersOf(shown), ...more })
  const hasRecipients = hits.some(({ summaries }) => summaries.some(({ recipient }) => recipient !== null))
  return [
    ...hits.flatMap((own) => [
      html`<h4>${TITLES[own.kind]} <span class="ledger-faint">${countOf(own, after)}</span></h4>`,
      deliveryTable(view, discretion, own.summaries, { label: TITLES[own.kind], nameIn, moment: 'statusAt' }),
      html`${own.next !== null && html`<div class="ledger-row ledger-small">${turn('Older ones', { kind: own.kind, after: own.next })}</div>`}`,
    ]),
    html`<div class="ledger-row ledger-small">${kind !== undefined && turn('All results', {})}${
      hasRecipients &&
      (discretion.isMasked
        ? turn('Show recipients', { kind, after }, 'reveal')
        : turn('Mask recipients', { kind, after }, 'view'))
    }${turn('Refresh', { kind, after })}</div>`,
  ]
}

const countOf = ({ summaries, next }: Hits, after: string | undefined): string =>
  `${after !== undefined ? 'older ones' : next === null ? '' : 'the newest'} ${summaries.length}`.trim()

const nothing = ({ text, isMasked }: Sought): Html =>
  notice('wrong', `Nothing was found for ${cut(text, MAX_TEXT)}.${nationalHint(text) || (isMasked ? HIDDEN : '')}`)

const HIDDEN = ' What looks like a recipient is hidden here: enter it again to search for it as an id.'

/** Which ways to find a message the stage has not. */
const searchedNot = ({ deliveries }: Desk): Html[] =>
  offNote(
    'Not searched',
    LOOKUP_KINDS.filter((kind) => !deliveries.lookups.includes(kind)),
  )
