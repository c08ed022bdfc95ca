import fc from 'fast-check'
import { type LedgerRow, recordKey } from '../../functions/domain/key.ts'
import { STATUSES, type Status, type StatusRecord } from '../../functions/domain/status.ts'

const text = fc.oneof(fc.string(), fc.constantFrom('', '#', '%', '%23', 'a#b', '-', '+33600112233', 'a@example.com'))

export const time = fc
  .date({ min: new Date('0001-01-01'), max: new Date('9999-12-31'), noInvalidDate: true })
  .map((date) => date.toISOString())

/** Any record. */
export const anyRecord: fc.Arbitrary<StatusRecord> = fc.record({
  provider: fc.constantFrom('octopush', 'nifteem'),
  account: fc.option(fc.constantFrom('eu', 'us')),
  messageId: text,
  recipient: fc.option(text),
  part: fc.option(fc.integer()),
  channel: fc.option(text),
  status: fc.constantFrom(...(Object.keys(STATUSES) as Status[])),
  final: fc.boolean(),
  providerStatus: text,
  description: fc.option(text),
  error: fc.option(fc.record({ code: fc.option(text), message: fc.option(text) })),
  occurredAt: fc.option(time),
  receivedAt: time,
  order: fc.integer(),
  campaign: fc.option(text),
  reference: fc.option(text),
  normalizer: fc.nat(),
  price: fc.option(
    fc.record({ amount: fc.double({ noNaN: true, noDefaultInfinity: true }), currency: fc.option(text) }),
  ),
  details: fc.dictionary(text, fc.oneof(text, fc.integer(), fc.constant(null))),
})

/** A status so many seconds into a message's life; without a time where they are null. */
export function statusRecord(status: Status, seconds: number | null, more: Partial<StatusRecord> = {}): StatusRecord {
  const start = Date.UTC(2025, 0, 22, 10)
  const { rank, final } = STATUSES[status]
  return {
    provider: 'octopush',
    account: null,
    messageId: 'id',
    recipient: null,
    part: null,
    channel: 'sms',
    status,
    final,
    providerStatus: status.toUpperCase(),
    description: null,
    error: null,
    occurredAt: seconds === null ? null : new Date(start + seconds * 1_000).toISOString(),
    receivedAt: new Date(start + (seconds ?? 0) * 1_000 + 500).toISOString(),
    order: rank,
    campaign: null,
    reference: null,
    normalizer: 1,
    price: null,
    details: {},
    ...more,
  }
}

/** A record as it is kept, with the provider's own order where it has one. */
export const rowOf = (record: StatusRecord, providerOrder: number | null = null): LedgerRow => ({
  sk: recordKey(record, providerOrder).sk,
  record: { ...record, order: providerOrder ?? record.order },
})
