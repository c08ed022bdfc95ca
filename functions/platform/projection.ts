import pMap from 'p-map'
import { coveringOf, type Expectation, expectationOf } from '../domain/expectation.ts'
import { deliveryPrefixIn, type Key, type LedgerRow } from '../domain/key.ts'
import { short } from '../domain/short.ts'
import { sourceName } from '../domain/source.ts'
import { type Projection, type Summary, summaryOf } from '../domain/summary.ts'
import { indexKeysOf, overdueKeyOf } from './delivery-indexes.ts'
import { type Deliveries, deliverySortKey, summaryIn } from './delivery-table.ts'
import { markMet, readExpectations, type StatedExpectation } from './expectations.ts'
import { readAll } from './history.ts'
import { assignmentOf, itemOf } from './item.ts'
import { markOverdue } from './overdue.ts'
import { CONCURRENCY, type Table } from './table.ts'
import type { Followed } from './telemetry.ts'
import { updateIf } from './update.ts'

/** What became of a delivery's row. */
export interface Projected {
  key: Key
  summary: Summary
  /** The row before; undefined where it is new. */
  before: Summary | undefined
  /** The delivery is overdue, and was not before. */
  isNewlyOverdue: boolean
}

/** What is counted of it. */
export const followedOf = ({ summary, before, isNewlyOverdue }: Projected): Followed => ({
  provider: sourceName(summary),
  isNew: before === undefined,
  isNewlyOverdue,
})

/** How often a row is written again because another writer was faster. */
const ATTEMPTS = 10

/**
 * Brings the delivery that a row of the ledger belongs to up to date; undefined where nothing of it is kept any more.
 *
 * A history only grows, and each insert is followed by a projection that reads after it: so some projection reads everything, and
 * a row made of less never takes its place. A row made of the same does, so that what was to follow a write can follow it again.
 * A statement of an expectation is projected after it is written, and expectations are read once more after the write: one of both sees the other.
 *
 * @throws where the tables cannot be reached, or too many write the row at once.
 */
export async function project(
  deliveries: Deliveries,
  ledger: Table,
  { pk, sk }: Key,
  moment?: number,
): Promise<Projected | undefined> {
  const hashKey = await deliveries.hashKey()
  const prefix = deliveryPrefixIn(sk)
  let stated: StatedExpectation[] | undefined
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const now = moment ?? Date.now()
    const rows = await readAll(ledger, pk, prefix)
    const record = rows[0]?.record
    if (record === undefined) return undefined
    const key = { pk, sk: deliverySortKey(hashKey, record) }
    stated ??= await readExpectations(deliveries, pk, record.recipient)
    const expectation = expectationOf(record, stated)
    const whole = summaryOf(rows, expectation, deliveries.patience)
    const indexKeys = indexKeysOf(key, whole, { hashKey, lookups: deliveries.lookups })
    const projection = short(whole)
    // It is not overdue anew where it was while nobody had reported it.
    const mark = expectation?.overdueSince
      ? { overdueSince: expectation.overdueSince, overdueKey: overdueKeyOf(key) }
      : {}
    const attributes = { ...projection, ...indexKeys, prefix, ...mark }
    const before = await write(deliveries, key, rows, attributes, isDue(projection, now), now)
    stated = await readExpectations(deliveries, pk, record.recipient)
    const isLatest = isSame(expectation, expectationOf(record, stated))
    if (before === 'newer' || !isLatest) continue
    const met = coveringOf(record, stated)
    await pMap(met, (other) => markMet(deliveries, other), { concurrency: CONCURRENCY })
    const overdue = isDue(projection, now) ? await markOverdue(deliveries, key, now) : undefined
    const { dueAt, ...summary } = projection
    const overdueSince = isDue(projection, now) ? (expectation?.overdueSince ?? before?.overdueSince ?? null) : null
    return {
      key,
      summary: overdue ?? { ...summary, overdueSince },
      before,
      isNewlyOverdue: overdue !== undefined,
    }
  }
  throw new Error('a delivery was written by others each time')
}

/** Whether two statements say the same: of one moment there may be two. */
const isSame = (a: Expectation | undefined, b: Expectation | undefined): boolean =>
  JSON.stringify({ ...a, isMet: null }) === JSON.stringify({ ...b, isMet: null })

const isDue = ({ dueAt }: Projection, now: number): boolean => dueAt !== null && Date.parse(dueAt) <= now

/** Writes a row unless the one that is there is made of more; gives the one that was there, or `newer`. */
async function write(
  { client, name }: Table,
  key: Key,
  rows: readonly LedgerRow[],
  attributes: Readonly<Record<string, unknown>>,
  isDue: boolean,
  now: number,
): Promise<Summary | undefined | 'newer'> {
  const expiries = rows.map(({ expiresAt }) => expiresAt ?? Number.POSITIVE_INFINITY)
  const { UpdateExpression, ExpressionAttributeNames, ExpressionAttributeValues } = assignmentOf({
    ...attributes,
    latestAt: latest(rows),
    firstExpiry: finite(Math.min(...expiries)),
    expiresAt: finite(Math.max(...expiries)),
    // One that is due is marked next, and stays marked until it is final: the sweep does not wait for it.
    ...(isDue ? { openKey: null } : { overdueSince: null, overdueKey: null }),
  })
  const written = await updateIf(client, {
    TableName: name,
    Key: itemOf({ ...key }),
    // Of a history that has begun to expire fewer rows are not less.
    ConditionExpression:
      'attribute_not_exists(#latestAt) OR #latestAt < :latestAt OR (#latestAt = :latestAt AND #records <= :records) OR #firstExpiry <= :seconds',
    UpdateExpression: `${UpdateExpression} ADD #version :one`,
    ExpressionAttributeNames: { ...ExpressionAttributeNames, '#version': 'version' },
    ExpressionAttributeValues: {
      ...ExpressionAttributeValues,
      ...itemOf({ ':one': 1, ':seconds': Math.floor(now / 1_000) }),
    },
    ReturnValues: 'ALL_OLD',
  })
  if (written === undefined) return 'newer'
  // For a row that did not exist, an emulator returns the key.
  return written.Attributes?.records && summaryIn(written.Attributes)
}

/** When the last of them arrived: grows with the history, also where older rows have expired. */
const latest = (rows: readonly LedgerRow[]): string =>
  rows
    .map(({ record }) => record.receivedAt)
    .toSorted()
    .at(-1) ?? ''

/** Null where one of them never expires. */
const finite = (seconds: number): number | null => (Number.isFinite(seconds) ? seconds : null)
