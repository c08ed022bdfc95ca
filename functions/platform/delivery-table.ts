import type { AttributeValue } from '@aws-sdk/client-dynamodb'
import { normalizeAddress } from '../domain/address.ts'
import type { DeliveryState } from '../domain/event.ts'
import { keyedHash } from '../domain/keyed-hash.ts'
import type { Patience } from '../domain/patience.ts'
import type { StatusRecord } from '../domain/status.ts'
import type { Summary } from '../domain/summary.ts'
import { type Lookup, recipientValue } from './delivery-indexes.ts'
import type { Table } from './table.ts'
import { valuesOf } from './values.ts'

/** The table of deliveries: where each stands, made of the ledger, as often as one likes, and of what senders expect. */
export interface Deliveries extends Table {
  /** The secret by which recipients, references and campaigns are named in keys. */
  hashKey(): Promise<string>
  /** What the table has an index for. */
  lookups: readonly Lookup[]
  patience: Patience
  /** Whether senders say what they have sent. */
  expectations: boolean
  /** After how many days what is only expected expires; never without. A delivery expires with its records. */
  retentionDays?: number | undefined
}

/** The fields of a summary, in the order in which it is shown. */
const SUMMARY_FIELDS = [
  'provider',
  'account',
  'messageId',
  'recipient',
  'part',
  'channel',
  'status',
  'final',
  'statusAt',
  'reference',
  'campaign',
  'firstAt',
  'sentAt',
  'deliveredAt',
  'readAt',
  'error',
  'price',
  'records',
  'overdueSince',
] as const satisfies (keyof Summary)[]

/** What all sort keys of deliveries begin with. */
export const DELIVERY = 'delivery#'

/** Sorts by recipient, hashed as it is looked up, and part; two spellings of one address stay two deliveries, as in the ledger. */
export function deliverySortKey(
  hashKey: string,
  { recipient, part }: Pick<StatusRecord, 'recipient' | 'part'>,
): string {
  const own = recipient === null ? '' : recipientValue(hashKey, recipient)
  const isAsLookedUp = recipient === null || normalizeAddress(recipient) === recipient
  return `${DELIVERY}${own}#${part ?? ''}#${isAsLookedUp ? '' : spellingValue(hashKey, recipient)}`
}

/** The delivery that a row of the table holds. */
export function summaryIn(row: Record<string, AttributeValue>): Summary {
  const item = valuesOf(row)
  return Object.fromEntries(SUMMARY_FIELDS.map((field) => [field, item[field] ?? null])) as unknown as Summary
}

/** The delivery that a row of the table holds, with its place; undefined where the row holds something else. */
export function stateIn(row: Record<string, AttributeValue>): DeliveryState | undefined {
  const { pk, sk, prefix, latestAt, statedAt, records, version } = valuesOf(row)
  if (records === undefined) return undefined
  return {
    key: { pk, sk },
    summary: summaryIn(row),
    prefix: prefix ?? '',
    latestAt: latestAt ?? statedAt,
    version: version ?? 0,
  }
}

const spellingValue = (hashKey: string, recipient: string): string => keyedHash(hashKey, 'spelling', recipient)
