import { normalizeAddress } from './address.ts'
import type { StatusRecord } from './status.ts'

/** What a sender says that it has sent. */
export interface Expectation
  extends Pick<StatusRecord, 'provider' | 'account' | 'messageId' | 'reference' | 'campaign' | 'channel'> {
  /** Null: of whatever recipient, or part. */
  recipient: string | null
  part: number | null
  /** RFC 3339, UTC, milliseconds. */
  sentAt: string
  /** Seconds from `sentAt` to a final status; null: as the stage has it for the provider and channel. */
  patience: number | null
  /** When the sender said so, RFC 3339, UTC, milliseconds: of two statements about the same the later counts. */
  statedAt: string
}

/** Whether an expectation is about a delivery of its message: what either of them leaves open contradicts nothing. */
export const covers = (
  expectation: Expectation,
  { recipient, part }: Pick<StatusRecord, 'recipient' | 'part'>,
): boolean =>
  (expectation.recipient === null ||
    recipient === null ||
    normalizeAddress(expectation.recipient) === normalizeAddress(recipient)) &&
  (expectation.part === null || part === null || expectation.part === part)

/**
 * The expectations of a message that are about a delivery, those that say most of it first. Where a delivery names no recipient, or no
 * part, and several expectations name different ones, it may be any of them: those say nothing of it.
 */
export function coveringOf<T extends Expectation>(
  delivery: Pick<StatusRecord, 'recipient' | 'part'>,
  all: readonly T[],
): T[] {
  const candidates = all.filter((expectation) => covers(expectation, delivery))
  const isAmbiguous = (name: 'recipient' | 'part') =>
    delivery[name] === null && new Set(candidates.flatMap((candidate) => identityOf(candidate[name]))).size > 1
  const [recipient, part] = [isAmbiguous('recipient'), isAmbiguous('part')]
  return candidates
    .filter((candidate) => !(recipient && candidate.recipient !== null) && !(part && candidate.part !== null))
    .toSorted((a, b) => precisionOf(b) - precisionOf(a) || (a.statedAt < b.statedAt ? 1 : -1))
}

/** The expectation that says most about a delivery, of all of its message; undefined where none is about it. */
export const expectationOf = <T extends Expectation>(
  delivery: Pick<StatusRecord, 'recipient' | 'part'>,
  all: readonly T[],
): T | undefined => coveringOf(delivery, all)[0]

const identityOf = (value: string | number | null) =>
  value === null ? [] : [typeof value === 'string' ? normalizeAddress(value) : value]

const precisionOf = ({ recipient, part }: Expectation): number => (recipient === null ? 0 : 2) + (part === null ? 0 : 1)
