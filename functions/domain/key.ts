import { hash } from 'node:crypto'
import canonicalize from 'canonicalize'
import { sourceName } from './source.ts'
import type { StatusRecord } from './status.ts'

/** A row's primary key: `pk` the message, `sk` where the record stands in its history. */
export interface Key {
  pk: string
  sk: string
}

/** A record and the sort key under which the ledger keeps it. */
export interface LedgerRow {
  sk: string
  record: StatusRecord
  /** Seconds since 1970, where it expires. */
  expiresAt?: number
}

const INTEGER_DIGITS = 10

/** The partition that holds all records of a message; `source` is a source's name. */
export const messageKey = (source: string, messageId: string): string => `${source}#${messageId}`

/** The provider in a partition key. */
export const providerIn = (pk: string): string => pk.split(/[/#]/, 1)[0] as string

/** The prefix that all sort keys of one recipient share, and no other recipient's. */
export const recipientPrefix = (recipient: string | null): string => `${escapeSeparator(recipient)}#`

/** The prefix that all sort keys of one delivery, a recipient and part, share. */
export const deliveryPrefix = (delivery: Pick<StatusRecord, 'recipient' | 'part'>): string =>
  `${recipientPrefix(delivery.recipient)}${sortableInteger(delivery.part)}#`

/**
 * The ledger's key of a record: recipient and part, then time, the provider's own order (null where it has none) and its
 * word, then a digest of all that it reported.
 *
 * The key determines the fact: equal keys are equal facts (the first write may win), different facts have different keys
 * (none overwrites another), whatever the order in which callbacks come. Nothing that our mapping decides (`status`, `final`,
 * a rank as `order`, `normalizer`) is in it, so that a corrected table finds the rows that are there.
 *
 * @throws Error where the record holds what JSON cannot carry between systems (a lone surrogate, an infinite number).
 */
export function recordKey(record: StatusRecord, providerOrder: number | null): Key {
  const { messageId, occurredAt, providerStatus } = record
  // The digest looks at all other texts.
  if (!messageId.isWellFormed()) throw new Error('Lone surrogate in the message id: expected well-formed Unicode')
  const position = `${occurredAt ?? ''}#${sortableInteger(providerOrder)}#${providerStatus}`
  return {
    pk: messageKey(sourceName(record), messageId),
    sk: `${deliveryPrefix(record)}${position}#${digest(record)}`,
  }
}

/** The prefix in a sort key that all of its delivery share. */
export const deliveryPrefixIn = (sk: string): string => `${sk.split('#', 2).join('#')}#`

/** The provider's own order in a sort key; null where it has none. */
export function providerOrderIn(sk: string): number | null {
  const text = sk.split('#', 4)[3]
  if (!text) return null
  return text.startsWith('-') ? Number(text.slice(1)) - 10 ** INTEGER_DIGITS : Number(text)
}

function digest({
  recipient,
  part,
  channel,
  providerStatus,
  description,
  error,
  campaign,
  reference,
  price,
  details,
}: StatusRecord) {
  const content = [recipient, part, channel, providerStatus, description, error, campaign, reference, price, details]
  return hash('sha256', canonicalize(content) as string, 'base64url').slice(0, 22)
}

/** Free of `#`; null, the empty string and every other text stay apart. */
function escapeSeparator(text: string | null): string {
  if (text === '') return '%'
  return text?.replace(/[%#]/g, encodeURIComponent) ?? ''
}

/** Sorts as text as integers do as numbers, null first; `-` sorts before every digit. */
function sortableInteger(integer: number | null): string {
  if (integer === null) return ''
  if (integer >= 0) return String(integer).padStart(INTEGER_DIGITS, '0')
  return `-${String(10 ** INTEGER_DIGITS + integer).padStart(INTEGER_DIGITS, '0')}`
}
