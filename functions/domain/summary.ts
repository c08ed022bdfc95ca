import type { Expectation } from './expectation.ts'
import { historyOf } from './history.ts'
import type { LedgerRow } from './key.ts'
import { type Patience, patienceOf } from './patience.ts'
import { standsAt } from './standing.ts'
import type { Status, StatusRecord } from './status.ts'

/** A delivery without its history: where it stands, and when it came there. Times are RFC 3339, UTC, milliseconds. */
export interface Summary
  extends Pick<
    StatusRecord,
    | 'provider'
    | 'account'
    | 'messageId'
    | 'recipient'
    | 'part'
    | 'channel'
    | 'final'
    | 'error'
    | 'price'
    | 'reference'
    | 'campaign'
  > {
  /** Null where no provider has reported it, and only its sender says that it was sent. */
  status: Status | null
  statusAt: string | null
  /** When the first callback about it arrived, else when it was sent. */
  firstAt: string
  /** As the provider reported, else as the sender says. */
  sentAt: string | null
  deliveredAt: string | null
  readAt: string | null
  /** How many records it has. */
  records: number
  /** Since when it is overdue; null where it is not. */
  overdueSince: string | null
}

/** What a delivery is by its records alone, and when it is overdue unless it is final by then; null where it is never. */
export type Projection = Omit<Summary, 'overdueSince'> & { dueAt: string | null }

/** The projection of a delivery: a function of the set of its rows, at least one, and of what its sender expects. */
export function summaryOf(
  rows: readonly LedgerRow[],
  expectation: Expectation | undefined,
  patience: Patience,
): Projection {
  const history = historyOf(rows)
  const record = standsAt(history) as StatusRecord
  const { provider, account, messageId, recipient, part, channel, status, final, error } = record
  const begin = earliest(history.filter((other) => other.channel === channel).map(({ receivedAt }) => receivedAt))
  const known = channel ?? expectation?.channel ?? null
  return {
    provider,
    account,
    messageId,
    recipient: recipient ?? expectation?.recipient ?? null,
    part: part ?? expectation?.part ?? null,
    channel: known,
    status,
    final,
    statusAt: momentOf(record),
    error,
    price: history.findLast(({ price }) => price !== null)?.price ?? null,
    // The first value is kept, so that no index has to change.
    reference: history.find(({ reference }) => reference !== null)?.reference ?? expectation?.reference ?? null,
    campaign: history.find(({ campaign }) => campaign !== null)?.campaign ?? expectation?.campaign ?? null,
    firstAt: earliest(history.map(({ receivedAt }) => receivedAt)) as string,
    sentAt: firstMoment(history, 'sent') ?? expectation?.sentAt ?? null,
    deliveredAt: firstMoment(history, 'delivered'),
    readAt: firstMoment(history, 'read'),
    records: history.length,
    dueAt: final ? null : dueAt(provider, known, expectation, begin as string, patience),
  }
}

/** The projection of a message, or a delivery of it, that no provider has reported. */
export function summaryOfExpected(expectation: Expectation, patience: Patience): Projection {
  const { provider, account, messageId, recipient, part, channel, reference, campaign, sentAt } = expectation
  return {
    provider,
    account,
    messageId,
    recipient,
    part,
    channel,
    status: null,
    final: false,
    statusAt: null,
    error: null,
    price: null,
    reference,
    campaign,
    firstAt: sentAt,
    sentAt,
    deliveredAt: null,
    readAt: null,
    records: 0,
    dueAt: dueAt(provider, channel, expectation, sentAt, patience),
  }
}

/**
 * When a delivery is overdue: its patience after it was sent, where the sender says when, else after `begin`, the first report of
 * the channel where it stands.
 */
function dueAt(
  provider: string,
  channel: string | null,
  expectation: Expectation | undefined,
  begin: string,
  patience: Patience,
): string | null {
  const own = expectation?.patience ?? null
  const milliseconds = own === null ? patienceOf(patience, provider, channel) : own * 1_000
  return milliseconds === null ? null : new Date(Date.parse(expectation?.sentAt ?? begin) + milliseconds).toISOString()
}

const momentOf = ({ occurredAt, receivedAt }: StatusRecord): string => occurredAt ?? receivedAt

const firstMoment = (history: readonly StatusRecord[], status: Status): string | null =>
  earliest(history.filter((record) => record.status === status).map(momentOf))

const earliest = (times: readonly string[]): string | null => times.toSorted()[0] ?? null
