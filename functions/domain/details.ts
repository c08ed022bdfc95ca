import { MAX_QUEUE_MESSAGE_BYTES } from './callback.ts'
import type { Fact } from './normalizer.ts'
import { Malformed } from './payload.ts'

/** What one callback may hold: its facts, and the characters of all of them, in which each repeats what is common to all. */
const MAX_FACTS = 20_000
const MAX_CHARACTERS = 8 * MAX_QUEUE_MESSAGE_BYTES

/** An object's members as JSON, each written once, however many facts it is held against. */
const writtenMembers = new WeakMap<object, Map<string, string>>()

/**
 * What a callback reports of all its facts, and what it reports of one. Where the two differ in a member, the one's own
 * stands under the name, and the common one in `callback`, so that nothing is dropped.
 */
export function merge(common: Record<string, unknown>, own: Record<string, unknown>): Record<string, unknown> {
  const written = membersOf(common)
  const hidden = Object.keys(own).filter((name) => written.has(name) && written.get(name) !== JSON.stringify(own[name]))
  const merged = { ...common, ...own }
  if (hidden.length === 0) return merged
  let name = 'callback'
  while (name in merged) name += '_'
  return { ...merged, [name]: Object.fromEntries(hidden.map((name) => [name, common[name]])) }
}

/**
 * Looks at the facts of a body of so many characters before anything is made of them: a small body can ask for gigabytes.
 *
 * @throws Malformed where their records would be too many or, together, too large.
 */
export function checkSize(facts: readonly Fact[], bodyLength: number): void {
  if (facts.length > MAX_FACTS) throw new Malformed([`body: expected at most ${MAX_FACTS} statuses`])
  if (facts.length * bodyLength <= MAX_CHARACTERS) return
  let left = MAX_CHARACTERS
  for (const { common = {}, ...own } of facts) {
    for (const [name, text] of membersOf(common)) left -= name.length + text.length
    left -= JSON.stringify(own).length
    if (left < 0) throw new Malformed([`body: expected records of at most ${MAX_CHARACTERS} characters together`])
  }
}

function membersOf(object: Record<string, unknown>): Map<string, string> {
  const known = writtenMembers.get(object)
  if (known !== undefined) return known
  const written = new Map(Object.entries(object).map(([name, value]) => [name, JSON.stringify(value)]))
  writtenMembers.set(object, written)
  return written
}
