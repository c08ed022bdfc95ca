import { normalizeAddress } from './address.ts'
import type { StatusRecord } from './status.ts'

/** What a sender says that it has sent. */
export interface Expectation
  extends Pick<StatusRecord, 'provider' | 'messageId' | 'reference' | 'campaign' | 'channel'> {
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

/** The expectation that says most about a delivery, of all of its message; undefined where none is about it. */
export const expectationOf = (
  delivery: Pick<StatusRecord, 'recipient' | 'part'>,
  expectations: readonly Expectation[],
): Expectation | undefined =>
  expectations
    .filter((expectation) => covers(expectation, delivery))
    .toSorted((a, b) => precisionOf(b) - precisionOf(a) || (a.statedAt < b.statedAt ? 1 : -1))[0]

const precisionOf = ({ recipient, part }: Expectation): number => (recipient === null ? 0 : 2) + (part === null ? 0 : 1)
