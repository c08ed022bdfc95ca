import type { Fact } from './normalizer.ts'
import { Malformed } from './payload.ts'

/**
 * The writes that one callback may cost. A row costs one for each KB, and repeats what is common to all. The rows of a
 * message share a partition, which takes 1,000 writes a second, and the worker tries for 18 seconds:
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/bp-partition-key-design.html
 */
const MAX_WRITES = 12_000
const WRITE_BYTES = 1_024

/** About what a row has besides its fact: the names of its columns, its key, the time of arrival. */
const ROW_BYTES = 300

/** How many writes a row of so many bytes costs. */
export const writesOf = (bytes: number): number => Math.ceil(bytes / WRITE_BYTES)

/** What most callbacks report of all their facts: they report one. */
export const NOTHING: Readonly<Record<string, unknown>> = {}

/** An object's members as JSON, each serialized once, however many facts it is compared with. */
const writtenMembers = new WeakMap<object, Map<string, string>>()

/**
 * What a callback reports of all its facts, and what it reports of one. Where the two differ in a member, the one's own
 * stands under the name, and the common one in `callback`, so that nothing is dropped.
 */
export function merge(
  common: Readonly<Record<string, unknown>>,
  own: Record<string, unknown>,
): Record<string, unknown> {
  const written = membersOf(common)
  const hidden = Object.keys(own).filter((name) => written.has(name) && written.get(name) !== JSON.stringify(own[name]))
  const merged = { ...common, ...own }
  if (hidden.length === 0) return merged
  let name = 'callback'
  while (name in merged) name += '_'
  return { ...merged, [name]: Object.fromEntries(hidden.map((name) => [name, common[name]])) }
}

/**
 * How many bytes the row of each fact takes, about, before anything is made of them: a small body can ask for gigabytes.
 *
 * @throws Malformed where they cost more writes than the worker can do in its time.
 */
export function rowBytesOf(facts: readonly Fact[]): number[] {
  const commonBytes = new Map<object, number>()
  let writes = 0
  return facts.map(({ common = NOTHING, ...own }) => {
    const shared = commonBytes.get(common) ?? bytesOf(membersOf(common))
    commonBytes.set(common, shared)
    const bytes = ROW_BYTES + shared + Buffer.byteLength(JSON.stringify(own))
    writes += writesOf(bytes)
    if (writes > MAX_WRITES)
      throw new Malformed([
        `body: expected statuses that cost at most ${MAX_WRITES} writes together, one for each KB of each`,
      ])
    return bytes
  })
}

const bytesOf = (members: ReadonlyMap<string, string>): number =>
  [...members].reduce((bytes, [name, text]) => bytes + name.length + Buffer.byteLength(text), 0)

function membersOf(object: Readonly<Record<string, unknown>>): Map<string, string> {
  const known = writtenMembers.get(object)
  if (known !== undefined) return known
  const written = new Map(Object.entries(object).map(([name, value]) => [name, JSON.stringify(value)]))
  writtenMembers.set(object, written)
  return written
}
