import pMap from 'p-map'
import { deliveryPrefix, messageKey } from '../domain/key.ts'
import { sourceName } from '../domain/source.ts'
import { type Summary, summaryOf } from '../domain/summary.ts'
import { readAll, readHistory } from '../platform/history.ts'
import { findValue } from '../platform/lookups.ts'
import { readSummaries } from '../platform/message-summaries.ts'
import { type Desk, sourcesOf } from './desk.ts'
import { hasQuestions } from './page.ts'
import { type Kind, LOOKUP_KINDS, type Sought } from './sought.ts'

/** Deliveries of one answer, about. */
const SIZE = 20

/** Pages that are read until enough of them are of the provider that is asked for. */
const MAX_PAGES = 5

/** Rows that are read to see whether a message has any: those that have expired do not count. */
const LOOK = 50

/** Deliveries that were found in one way, newest first, and the position to go on after where there are more. */
export interface Hits {
  kind: Kind
  summaries: Summary[]
  next: string | null
}

/** Which part of an answer is asked for: one kind alone, after a position. */
export interface Part {
  kind?: Kind | undefined
  after?: string | undefined
}

/** Looks for a text in each way that the stage has; gives the ways in which something was found. */
export async function search(desk: Desk, sought: Sought, { kind, after }: Part = {}): Promise<Hits[]> {
  const kinds = (['id', ...LOOKUP_KINDS] as const).filter((own) => kind === undefined || own === kind)
  const hits = await Promise.all(
    kinds.map((own) => (own === 'id' ? findId(desk, sought) : lookUp(desk, own, sought, after))),
  )
  return hits.filter(({ summaries }) => summaries.length > 0)
}

async function lookUp(
  { deliveries }: Desk,
  kind: Exclude<Kind, 'id'>,
  { values, provider }: Sought,
  after?: string,
): Promise<Hits> {
  const hits: Hits = { kind, summaries: [], next: after ?? null }
  if (!deliveries.lookups.includes(kind)) return hits
  for (let page = 0; page < MAX_PAGES && hits.summaries.length < SIZE; page++) {
    const found = await findValue(deliveries, kind, values[kind], SIZE, hits.next ?? undefined)
    hits.summaries.push(
      ...found.summaries.filter((own) => provider === '' || [own.provider, sourceName(own)].includes(provider)),
    )
    hits.next = found.next
    if (found.next === null) break
  }
  return hits
}

/** The messages with an id, one of each provider at most, by their first delivery; else what is only expected. */
async function findId(desk: Desk, { text, isMasked, provider }: Sought): Promise<Hits> {
  const { ledger, deliveries } = desk
  const hits: Hits = { kind: 'id', summaries: [], next: null }
  if (isMasked) return hits
  const sources = provider === '' ? sourcesOf(desk) : [provider]
  const recorded = await pMap(sources, async (own) => {
    const [first] = (await readHistory(ledger, { source: own, messageId: text, limit: LOOK })).rows
    if (first === undefined) return []
    const { recipient, part } = first.record
    const [rows, known] = await Promise.all([
      readAll(ledger, messageKey(own, text), deliveryPrefix(first.record)),
      hasQuestions(deliveries) ? readSummaries(deliveries, own, text) : [],
    ])
    // Where the provider names none, the sender may have.
    const kept = known.find(
      (other) =>
        other.status !== null &&
        (recipient === null || other.recipient === recipient) &&
        (part === null || other.part === part),
    )
    const summary = summaryOf(rows, undefined, deliveries.patience)
    return [{ ...summary, overdueSince: summary.final ? null : (kept?.overdueSince ?? null) }]
  })
  hits.summaries = recorded.flat()
  if (hits.summaries.length === 0 && deliveries.expectations) {
    const expected = await pMap(sources, async (own) => (await readSummaries(deliveries, own, text)).slice(0, 1))
    hits.summaries = expected.flat()
  }
  return hits
}
