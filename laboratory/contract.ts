import { createHmac } from 'node:crypto'

/**
 * What the oracle knows of the contract: written down here once more, so that a mistake in the code under test is not made
 * by its judge as well.
 */
const RANKS = {
  unknown: 0,
  queued: 10,
  sent: 20,
  skipped: 30,
  rejected: 30,
  failed: 30,
  undelivered: 30,
  expired: 30,
  delivered: 40,
  read: 50,
  clicked: 60,
  unsubscribed: 70,
  complained: 80,
} as const

export type Word = keyof typeof RANKS

export const rankOf = (status: Word): number => RANKS[status]

/** Nothing more is to be expected of the delivery itself. */
export const isFinal = (status: Word): boolean => RANKS[status] >= 30

/** The fields of a record that decide its place in a history, and where its delivery stands. */
export interface Standing {
  status: Word
  channel: string | null
  occurredAt: string | null
  /** The provider's own, null where it has none. */
  providerOrder: number | null
}

/**
 * Rows of one delivery, oldest first: by time, then by order, then by key. A row without a time stands before the first that
 * comes after it by order.
 */
export function inHistoryOrder<T extends Standing & { sk: string }>(rows: readonly T[]): T[] {
  const byKey = rows.toSorted((a, b) => (a.sk < b.sk ? -1 : 1))
  const moments = [...Map.groupBy(byKey, ({ occurredAt }) => occurredAt ?? '')].sort(([a], [b]) => (a < b ? -1 : 1))
  const timeless = moments[0]?.[0] === '' ? byOrder(moments.shift()?.[1] ?? []) : []
  return inserted(
    timeless,
    moments.flatMap(([, rows]) => byOrder(rows)),
  )
}

function byOrder<T extends Standing>(rows: readonly T[]): T[] {
  const [ordered, others] = [true, false].map((has) => rows.filter((row) => (row.providerOrder !== null) === has))
  return inserted((others ?? []).toSorted(compareOrder), (ordered ?? []).toSorted(compareOrder))
}

/** Each row before the first of the others that comes after it by order. */
const inserted = <T extends Standing>(rows: readonly T[], others: readonly T[]): T[] => {
  const placeOf = (row: T) => [...others, undefined].findIndex((other) => !other || compareOrder(row, other) < 0)
  const places = Map.groupBy(rows, placeOf)
  return [...others, undefined].flatMap((other, place) => [...(places.get(place) ?? []), ...(other ? [other] : [])])
}

/** Below 0 where `a` comes before `b`, 0 where either may come first. */
export function compareInHistory(a: Standing, b: Standing): number {
  if (a.occurredAt !== null && b.occurredAt !== null && a.occurredAt !== b.occurredAt)
    return a.occurredAt < b.occurredAt ? -1 : 1
  return compareOrder(a, b)
}

function compareOrder(a: Standing, b: Standing): number {
  if (a.providerOrder !== null && b.providerOrder !== null) return a.providerOrder - b.providerOrder
  return RANKS[a.status] - RANKS[b.status]
}

/** Where a delivery stands, of its history, oldest first. */
export function standingOf<T extends Standing>(history: readonly T[]): T | undefined {
  const stands = new Map<string | null, T>()
  for (const record of history) {
    const before = stands.get(record.channel)
    if (before === undefined || takesPlace(RANKS[record.status], RANKS[before.status]))
      stands.set(record.channel, record)
  }
  const last = (isOne: (rank: number) => boolean) =>
    history.findLast((record) => stands.get(record.channel) === record && isOne(RANKS[record.status]))
  const furthest = Math.max(...[...stands.values()].map(({ status }) => RANKS[status]))
  return furthest >= 40 ? last((rank) => rank === furthest) : (last((rank) => rank < 30) ?? last(() => true))
}

function takesPlace(next: number, before: number): boolean {
  if (next === 0) return before === 0
  if (next < 30) return before < 30
  return next === 30 || before < 40 || next >= before
}

/** The headers with which a provider proves itself. */
export function headersOf(provider: string, body: string, key: string): Record<string, string> {
  if (provider !== 'telesign') return { 'x-api-key': key }
  const signature = createHmac('sha256', Buffer.from(key, 'base64')).update(body).digest('base64')
  return { authorization: `TSA customer:${signature}` }
}

/** The names of what a proof adds to a body or a query. */
const PROOFS =
  /^(?:signature|timestamp|token|sig|nonce|Signature|SignatureVersion|SigningCertURL|TopicArn|UnsubscribeURL)$/

/** The content of a callback without its proof: the same each time that it is sent. */
export function contentOf({ provider, body, query = '' }: { provider: string; body: string; query?: string }): string {
  return `${provider} ${withoutProof(body)} ${withoutProof(query)}`
}

/** The content of a callback as the quarantine lists it, without its query. */
export const bodyContentOf = ({ provider, body }: { provider: string; body: string }): string =>
  contentOf({ provider, body })

function withoutProof(text: string): string {
  if (!/^\s*[[{]/.test(text)) {
    const fields = [...new URLSearchParams(text)].filter(([name]) => !PROOFS.test(name))
    return new URLSearchParams(fields).toString()
  }
  try {
    return JSON.stringify(JSON.parse(text), (name, value) => (PROOFS.test(name) ? undefined : value))
  } catch {
    return text
  }
}
