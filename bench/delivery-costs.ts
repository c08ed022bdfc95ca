import { hash } from 'node:crypto'
import { recordKey } from '../functions/domain/key.ts'
import { DEFAULT_PATIENCE } from '../functions/domain/patience.ts'
import type { StatusRecord } from '../functions/domain/status.ts'
import { summaryOf } from '../functions/domain/summary.ts'
import { INDEXES, indexKeysOf, LOOKUPS } from '../functions/platform/delivery-indexes.ts'
import { itemOf } from '../functions/platform/item.ts'
import { SCHEDULE } from '../functions/sweeper/schedule.ts'
import type { AssumedOfDeliveries } from './cost-inputs.ts'
import { itemBytes } from './item-bytes.ts'
import { PRICES } from './prices.ts'

const KB = 1024
const MONTH_SECONDS = 30 * 24 * 60 * 60

/** What is assumed, since it needs AWS, or users, to measure it. */
export const ASSUMED_OF_DELIVERIES: AssumedOfDeliveries = {
  /** `sent` and `delivered`. */
  callbacks: 2,
  failing: 0.05,
  follower: { batchMs: 30, projectionMs: 2, gigabytes: 0.5 },
  sweeper: { ms: 200, gigabytes: 0.5 },
  stating: { ms: 30, gigabytes: 0.25 },
}

/** The bytes of the row of a delivery with one record, with all look-ups on. */
export function deliveryBytes(record: StatusRecord): number {
  const key = { pk: recordKey(record, null).pk, sk: `delivery#${hash('sha256', '', 'base64url')}##` }
  const { sk } = recordKey(record, null)
  const projection = summaryOf([{ sk, record }], undefined, DEFAULT_PATIENCE)
  const indexKeys = indexKeysOf(key, projection, { hashKey: 'key', lookups: LOOKUPS })
  const row = { ...key, ...projection, ...indexKeys, prefix: sk.slice(0, 20), latestAt: record.receivedAt }
  return itemBytes(itemOf(Object.fromEntries(Object.entries(row).filter(([, value]) => value !== null))))
}

/** What the deliveries add to a callback, in dollars: always, and by each key of the stage. */
export function deliveryCosts({
  rowBytes,
  recordBytes,
  batch,
}: {
  rowBytes: number
  recordBytes: number
  batch: number
}): Record<'always' | (typeof LOOKUPS)[number] | 'patience' | 'expectations', number> {
  const { callbacks, failing, follower, stating } = ASSUMED_OF_DELIVERIES
  // As the last of a delivery's callbacks reads it, which finds all records.
  const read = PRICES.read * Math.ceil((recordBytes * callbacks) / (4 * KB))
  const write = PRICES.write * Math.ceil(rowBytes / KB)
  const seconds = ((follower.batchMs / batch + follower.projectionMs) * follower.gigabytes) / 1_000
  // An entry holds keys alone, and is written once: no update changes its keys.
  const entry = PRICES.write / callbacks
  const emptyRead = PRICES.read
  // A row of its own, that is written when it is stated and when it is met, with an entry of what is open; two reads of what it covers.
  const stated =
    PRICES.httpRequest +
    PRICES.invocation +
    (PRICES.gigabyteSecond * stating.ms * stating.gigabytes) / 1_000 +
    4 * PRICES.write +
    2 * emptyRead
  return {
    always: read + write + PRICES.invocation / batch + PRICES.gigabyteSecond * seconds,
    recipient: entry,
    reference: entry,
    campaign: entry,
    failed: failing * entry,
    // An entry that is written and deleted.
    patience: 2 * entry,
    // Each projection looks for expectations of its recipient and of the message, before and after it writes.
    expectations: 4 * emptyRead + stated / callbacks,
  }
}

/** Dollars a month of the sweeps that find nothing. */
export function sweepCosts(): number {
  const { ms, gigabytes } = ASSUMED_OF_DELIVERIES.sweeper
  // Two hours at most are looked at, the mark is read and written.
  const reads = 2 * INDEXES.open.shards + 1
  const one = PRICES.invocation + (PRICES.gigabyteSecond * ms * gigabytes) / 1_000 + reads * PRICES.read + PRICES.write
  return (MONTH_SECONDS / SCHEDULE.every) * one
}
