import type { LedgerEvent } from './event.ts'

/** What decides of an event how new it is. */
type Place = Pick<LedgerEvent, 'subject' | 'sequence'>

/**
 * Whether `a` is newer than `b`, an event of the same delivery; a repeat is not newer.
 *
 * @throws TypeError where the two have different subjects.
 */
export function isNewer(a: Place, b: Place): boolean {
  if (a.subject !== b.subject) throw new TypeError('expected two events of one subject: others have no order')
  return a.sequence > b.sequence
}
