import type { Body } from './body/body.ts'
import type { Callback } from './callback.ts'
import { merge, NOTHING, rowBytesOf } from './details.ts'
import { type Key, recordKey } from './key.ts'
import { Malformed } from './payload.ts'
import { STATUSES, type Status, type StatusRecord } from './status.ts'
import { isFaithful, readTimestamp, readUnixTime } from './timestamp.ts'

/** What a provider reports of one moment; the rest of a status record follows from it. */
export interface Fact
  extends Pick<StatusRecord, 'messageId' | 'providerStatus' | 'occurredAt'>,
    Partial<
      Pick<
        StatusRecord,
        'recipient' | 'part' | 'channel' | 'description' | 'error' | 'campaign' | 'reference' | 'price' | 'details'
      >
    > {
  /** The provider's own order; the status's rank where it has none. */
  order?: number | null
  /** What the callback reports of all its facts; merged into the `details` of each. One object for all of them. */
  common?: Record<string, unknown>
  /** Where it stands in the body: `deliveries[3]`; empty where it is the whole body. */
  path?: string
}

/** What a mapping may need in addition to the payload. */
export interface Context {
  callback: Callback
  /** The IANA zone of times that name none. */
  timeZone: string
  /** Takes what is wrong with one entry among others: `path: expectation`. */
  problems: string[]
  /** Takes the kind of each entry that is no delivery status; a word of ours, since it becomes a metric's name. */
  ignored: string[]
}

/** How one provider's callbacks become status records. */
export interface Normalizer<Payload = unknown> {
  /** Raised with each change of the mapping; kept in the records that it wrote. */
  version: number
  /** How its callbacks are read. */
  body: Body<Payload>
  /** The provider's words in upper case, with what they mean. */
  statuses: Readonly<Record<string, Status>>
  /**
   * The word that stands in the table for a record, where the provider's own alone is coarse. A function of what is kept, so
   * that a corrected table can be applied to it again.
   */
  wordOf?(record: Pick<StatusRecord, 'providerStatus' | 'error' | 'details'>): string
  /** The kind of a callback that is no delivery status, in a word of ours; undefined for all others. */
  ignores?(payload: Payload): string | undefined
  /**
   * One fact for each status in the payload. Throws Malformed, and nothing else, where it is not as documented. A bad
   * entry among others goes to the context's `problems`, one of another kind to its `ignored`.
   */
  facts(payload: Payload, context: Context): Fact[]
}

/** A record with the key under which the ledger keeps it. */
interface KeyedRecord {
  key: Key
  record: StatusRecord
  /** Where it stands in the body. */
  path: string
  /** About how many its row takes. */
  bytes: number
}

/** What a callback says, before anything is stored. */
export interface Normalized {
  records: KeyedRecord[]
  /** Provider statuses that are in no table. */
  unmapped: string[]
  /** Why the callback, or some of its entries, could not be normalized; empty where all was. */
  problems: string[]
  /** The kinds of events in it that are no delivery status. */
  ignored: string[]
}

/** The status records of a callback, or why there are none. A function of the callback alone; never throws. */
export function normalize(normalizer: Normalizer, callback: Callback, timeZone: string): Normalized {
  const [problems, ignored]: [string[], string[]] = [[], []]
  try {
    return { ...normalizeBody(normalizer, { callback, timeZone, problems, ignored }), problems, ignored }
  } catch (error) {
    const reasons = error instanceof Malformed ? error.problems : [`normalizer ${normalizer.version}: ${error}`]
    return { records: [], unmapped: [], problems: reasons, ignored: [] }
  }
}

/** The status of a record in a table; undefined where the word is not in it. Case and surrounding blanks do not matter. */
export function statusOf(
  { statuses, wordOf }: Pick<Normalizer, 'statuses' | 'wordOf'>,
  record: Pick<StatusRecord, 'providerStatus' | 'error' | 'details'>,
): Status | undefined {
  const word = (wordOf?.(record) ?? record.providerStatus).trim().toUpperCase()
  return Object.hasOwn(statuses, word) ? statuses[word] : undefined
}

/** The fields of a record that the mapping decides; `order` is the rank where the provider has no order of its own. */
export function judge(
  normalizer: Normalizer,
  record: Pick<StatusRecord, 'providerStatus' | 'error' | 'details'>,
  providerOrder: number | null,
): Pick<StatusRecord, 'status' | 'final' | 'order' | 'normalizer'> {
  const status = statusOf(normalizer, record) ?? 'unknown'
  const { rank, final } = STATUSES[status]
  return { status, final, order: providerOrder ?? rank, normalizer: normalizer.version }
}

/** When it happened, and in `raw`, under the provider's name, the text where it says more than the record keeps. */
export function occurrence(name: string, text: string, timeZone: string) {
  const occurredAt = readTimestamp(text, timeZone)
  return { occurredAt, raw: isFaithful(occurredAt, text) ? {} : { [name]: text } }
}

/** The same of a time that is counted since 1970. */
export function unixOccurrence(name: string, text: string, unit: 'seconds' | 'milliseconds') {
  const occurredAt = readUnixTime(text, unit)
  const kept = unit === 'seconds' ? /^\d+(\.\d{0,3}0*)?$/ : /^\d+(\.0*)?$/
  return { occurredAt, raw: occurredAt !== null && kept.test(text.trim()) ? {} : { [name]: text } }
}

function normalizeBody(normalizer: Normalizer, context: Context): Pick<Normalized, 'records' | 'unmapped'> {
  const payload = normalizer.body(context.callback)
  const kind = payload === undefined ? 'ping' : normalizer.ignores?.(payload)
  const facts = kind === undefined ? normalizer.facts(payload, context) : []
  if (kind !== undefined) context.ignored.push(kind)
  // A list of nothing is how some consoles try a URL.
  else if (facts.length + context.problems.length + context.ignored.length === 0) context.ignored.push('ping')
  const bytes = rowBytesOf(facts)
  const reference = new URLSearchParams(context.callback.query).get('reference')
  const records = facts.flatMap((fact, index) => keyedRecordOf(fact, bytes[index] ?? 0, reference, normalizer, context))
  const unmapped = records.filter(
    ({ record }) => record.status === 'unknown' && statusOf(normalizer, record) === undefined,
  )
  return { records, unmapped: unmapped.map(({ record }) => record.providerStatus) }
}

function keyedRecordOf(
  fact: Fact,
  bytes: number,
  reference: string | null,
  normalizer: Normalizer,
  { callback, problems }: Context,
): KeyedRecord | [] {
  const { order = null, path = '' } = fact
  const reported = {
    providerStatus: fact.providerStatus,
    error: fact.error ?? null,
    details: merge(fact.common ?? NOTHING, fact.details ?? {}),
  }
  const record: StatusRecord = {
    provider: callback.provider,
    account: callback.account ?? null,
    messageId: fact.messageId,
    recipient: fact.recipient ?? null,
    part: fact.part ?? null,
    channel: fact.channel?.trim().toLowerCase() || null,
    description: fact.description ?? null,
    occurredAt: fact.occurredAt,
    receivedAt: callback.receivedAt,
    campaign: fact.campaign ?? null,
    reference: fact.reference ?? reference,
    price: fact.price ?? null,
    ...reported,
    ...judge(normalizer, reported, order),
  }
  try {
    return { key: recordKey(record, order), record, path, bytes }
  } catch (error) {
    problems.push(reasonAt(path, error))
    return []
  }
}

/** Why something in a body cannot be kept: `path: expectation`. */
export const reasonAt = (path: string, error: unknown): string =>
  `${path || 'body'}: ${error instanceof Error ? error.message : error}`
