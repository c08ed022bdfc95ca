import { type Callback, MAX_QUEUE_MESSAGE_BYTES } from './callback.ts'
import { Malformed, readObject, readText } from './payload.ts'
import { STATUSES, type Status, type StatusRecord } from './status.ts'
import { isFaithful, readTimestamp } from './timestamp.ts'

/** What a provider's mapping says of one moment; the rest of a status record follows from it. */
export interface Fact
  extends Pick<StatusRecord, 'messageId' | 'providerStatus' | 'occurredAt' | 'details'>,
    Partial<Pick<StatusRecord, 'recipient' | 'part' | 'channel' | 'description' | 'error' | 'campaign' | 'price'>> {
  /** The provider's own order; the status's rank where it has none. */
  order?: number | null
}

/** What a mapping may need besides the payload. */
export interface Context {
  callback: Callback
  /** The IANA zone of times that name none. */
  timeZone: string
  /** Takes what is wrong with one entry among others: `path: expectation`. */
  problems: string[]
}

/** How one provider's callbacks become status records. */
export interface Normalizer {
  /** Raised with each change of the mapping; stands in the records that it wrote. */
  version: number
  /** The provider's words in upper case, with what they mean. */
  statuses: Readonly<Record<string, Status>>
  /** The kind of an event that is no delivery status; undefined for all others. */
  ignores?(json: Record<string, unknown>): string | undefined
  /** One fact for each status that the payload tells. Throws Malformed, and nothing else, where it is not as documented. */
  facts(json: Record<string, unknown>, context: Context): Fact[]
}

/** What a callback says, before anything is stored. */
export interface Normalized {
  records: StatusRecord[]
  /** Provider statuses that are in no table. */
  unmapped: string[]
  /** Why the callback, or some of its entries, could not be normalized; empty where all was. */
  problems: string[]
  /** The kind of an event that is no delivery status. */
  ignored?: string
}

/** All that the records of one callback may hold together, in characters of JSON: what it tells of all, each repeats. */
const MAX_TOLD = 16 * MAX_QUEUE_MESSAGE_BYTES

/** The status records of a callback, or why there are none. A function of the callback alone; never throws. */
export function normalize(normalizer: Normalizer, callback: Callback, timeZone: string): Normalized {
  const problems: string[] = []
  try {
    return { ...normalizeText(normalizer, readText(callback), { callback, timeZone, problems }), problems }
  } catch (error) {
    const reasons = error instanceof Malformed ? error.problems : [`normalizer ${normalizer.version}: ${error}`]
    return { records: [], unmapped: [], problems: reasons }
  }
}

/** The status of a provider's word, whatever its case and the blanks around it; undefined where no table has it. */
export function statusOf({ statuses }: Pick<Normalizer, 'statuses'>, providerStatus: string): Status | undefined {
  const word = providerStatus.trim().toUpperCase()
  return Object.hasOwn(statuses, word) ? statuses[word] : undefined
}

/**
 * What a callback tells of all, and what it tells of one: where they differ in a member, the one's stands under its name,
 * and the other in `callback`, so that nothing is dropped.
 */
export function merge(common: Record<string, unknown>, own: Record<string, unknown>): Record<string, unknown> {
  const hidden = Object.entries(common).filter(
    ([name, value]) => Object.hasOwn(own, name) && JSON.stringify(value) !== JSON.stringify(own[name]),
  )
  const merged = { ...common, ...own }
  if (hidden.length === 0) return merged
  let name = 'callback'
  while (name in merged) name += '_'
  return { ...merged, [name]: Object.fromEntries(hidden) }
}

/** When it happened, and in `raw`, under the provider's name, the text where that tells more than the record keeps. */
export function occurrence(name: string, text: string, timeZone: string) {
  const occurredAt = readTimestamp(text, timeZone)
  return { occurredAt, raw: isFaithful(occurredAt, text) ? {} : { [name]: text } }
}

function normalizeText(normalizer: Normalizer, text: string, context: Context): Omit<Normalized, 'problems'> {
  if (text.trim() === '') return { records: [], unmapped: [], ignored: 'ping' }
  const json = readObject(text)
  const ignored = normalizer.ignores?.(json)
  if (ignored !== undefined) return { records: [], unmapped: [], ignored }
  const facts = normalizer.facts(json, context)
  if (facts.length * text.length > MAX_TOLD && isTooMuch(facts))
    throw new Malformed([`body: expected records of ${MAX_TOLD} characters at most, together`])
  return {
    records: facts.map((fact) => recordOf(fact, normalizer, context.callback)),
    unmapped: facts.map((fact) => fact.providerStatus).filter((word) => statusOf(normalizer, word) === undefined),
  }
}

function isTooMuch(facts: readonly Fact[]): boolean {
  let length = 0
  return facts.some((fact) => {
    length += lengthOf(fact) + lengthOf(fact.details)
    return length > MAX_TOLD
  })
}

/** About the characters of an object's JSON, but for `details`. */
function lengthOf(object: object): number {
  let length = 0
  for (const [name, value] of Object.entries(object)) {
    if (typeof value === 'string') length += value.length
    else if (name !== 'details' && typeof value === 'object' && value !== null) length += JSON.stringify(value).length
  }
  return length
}

function recordOf(fact: Fact, normalizer: Normalizer, { provider, receivedAt }: Callback): StatusRecord {
  const status = statusOf(normalizer, fact.providerStatus) ?? 'unknown'
  const { rank, final } = STATUSES[status]
  return {
    provider,
    messageId: fact.messageId,
    recipient: fact.recipient ?? null,
    part: fact.part ?? null,
    channel: fact.channel?.trim().toLowerCase() || null,
    status,
    final,
    providerStatus: fact.providerStatus,
    description: fact.description ?? null,
    error: fact.error ?? null,
    occurredAt: fact.occurredAt,
    receivedAt,
    order: fact.order ?? rank,
    campaign: fact.campaign ?? null,
    normalizer: normalizer.version,
    price: fact.price ?? null,
    details: fact.details,
  }
}
