import { hash } from 'node:crypto'
import { normalizeAddress } from '../domain/address.ts'
import { type Key, providerIn } from '../domain/key.ts'
import { keyedHash } from '../domain/keyed-hash.ts'
import { kindOf } from '../domain/standing.ts'
import type { Projection } from '../domain/summary.ts'

/** An index of the deliveries: it holds keys alone, and only of rows that have both attributes. */
export interface Index {
  partition: string
  sort: string
  /** Over how many partitions one value is spread: a partition takes 1,000 writes a second. */
  shards: number
}

/**
 * The indexes of the deliveries by name. Their keys do not change while a delivery exists, except `failed`, `open` and `overdue`,
 * whose rows come and go; none holds a recipient, reference or campaign in the clear.
 */
export const INDEXES = {
  recipient: { partition: 'recipientKey', sort: 'firstAt', shards: 1 },
  reference: { partition: 'referenceKey', sort: 'firstAt', shards: 1 },
  campaign: { partition: 'campaignKey', sort: 'firstAt', shards: 10 },
  /** By provider, status and day. */
  failed: { partition: 'failedKey', sort: 'statusAt', shards: 4 },
  /** By the hour when it is due. */
  open: { partition: 'openKey', sort: 'dueAt', shards: 16 },
  /** By provider. */
  overdue: { partition: 'overdueKey', sort: 'overdueSince', shards: 4 },
} as const satisfies Record<string, Index>

/** The name of an index. */
export type IndexName = keyof typeof INDEXES

/** What a stage may ask its deliveries for, each by an index of its own. */
export const LOOKUPS = ['recipient', 'reference', 'campaign', 'failed'] as const satisfies IndexName[]

/** One of them. */
export type Lookup = (typeof LOOKUPS)[number]

/** The partition of an index for one shard of a value's rows. */
const partitionOf = (name: IndexName, value: string, shard: number): string =>
  INDEXES[name].shards === 1 ? value : `${value}#${shard}`

/** All partitions of an index that a value's rows are in. */
export const partitionsOf = (name: IndexName, value: string): string[] =>
  Array.from({ length: INDEXES[name].shards }, (_, shard) => partitionOf(name, value, shard))

/** A recipient in the index of recipients. */
export const recipientValue = (hashKey: string, recipient: string): string =>
  keyedHash(hashKey, 'recipient', normalizeAddress(recipient))

/** A reference in the index of references. */
export const referenceValue = (hashKey: string, reference: string): string => keyedHash(hashKey, 'reference', reference)

/** A campaign in the index of campaigns. */
export const campaignValue = (hashKey: string, campaign: string): string => keyedHash(hashKey, 'campaign', campaign)

/** A day's failures (`2026-11-24`) in the index of failures. */
export const failedValue = (provider: string, status: string, day: string): string => `${provider}#${status}#${day}`

/** The hour of a moment in the index of what is open. */
export const openValue = (moment: string): string => moment.slice(0, 13)

/** The partitions of all indexes that a row is in, by attribute; null in which it is not. */
export function indexKeysOf(
  key: Key,
  { recipient, reference, campaign, provider, status, statusAt, dueAt }: Projection,
  { hashKey, lookups }: { hashKey: string; lookups: readonly Lookup[] },
): Record<string, string | null> {
  const place = placeOf(key)
  const partition = (name: IndexName, value: string | null) =>
    value === null ? null : partitionOf(name, value, place % INDEXES[name].shards)
  const isFailed = status !== null && kindOf(status) === 'failure'
  const values: Record<Lookup, string | null> = {
    recipient: recipient === null ? null : recipientValue(hashKey, recipient),
    reference: reference === null ? null : referenceValue(hashKey, reference),
    campaign: campaign === null ? null : campaignValue(hashKey, campaign),
    failed: isFailed && statusAt !== null ? failedValue(provider, status, statusAt.slice(0, 10)) : null,
  }
  return {
    ...Object.fromEntries(
      LOOKUPS.map((name) => [INDEXES[name].partition, lookups.includes(name) ? partition(name, values[name]) : null]),
    ),
    openKey: partition('open', dueAt && openValue(dueAt)),
  }
}

/** The partition of the index of what is overdue that a row is in. */
export const overdueKeyOf = (key: Key): string =>
  partitionOf('overdue', providerIn(key.pk), placeOf(key) % INDEXES.overdue.shards)

/** Spreads rows over shards. */
const placeOf = ({ pk, sk }: Key): number => hash('sha256', `${pk}\0${sk}`, 'buffer').readUInt16BE()
