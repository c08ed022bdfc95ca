import { hash } from 'node:crypto'
import canonicalize from 'canonicalize'
import type { StatusRecord } from './status.ts'

/** A row's primary key: `pk` the message, `sk` where the record stands in its history. */
export interface Key {
  pk: string
  sk: string
}

const ORDER_DIGITS = 10

/** The partition that holds all records of a message. */
export const messageKey = (provider: string, messageId: string): string => `${provider}#${messageId}`

/** The prefix that all sort keys of one recipient share, and no other recipient's. */
export const recipientPrefix = (recipient: string | null): string => `${escapeSeparator(recipient)}#`

/** The prefix that all sort keys of one delivery, a recipient and part, share. */
export const deliveryPrefix = (delivery: Pick<StatusRecord, 'recipient' | 'part'>): string =>
  `${recipientPrefix(delivery.recipient)}${delivery.part ?? ''}#`

/**
 * The ledger's key of a record: recipient and part, then time, order and provider status, so that key order is history
 * order, then a digest of all that the provider told.
 *
 * The digest makes the key determine the record: equal keys are equal facts (the first write may win), different facts
 * have different keys (none overwrites another), whatever the order in which callbacks come. What our mapping adds
 * (`status`, `final`, `normalizer`) and `receivedAt` are left out of it.
 *
 * @throws Error where the record holds what JSON cannot carry between systems (a lone surrogate, an infinite number).
 */
export function recordKey(record: StatusRecord): Key {
  const { provider, messageId, occurredAt, order, providerStatus } = record
  return {
    pk: messageKey(provider, messageId),
    sk: `${deliveryPrefix(record)}${occurredAt ?? ''}#${sortableInteger(order)}#${providerStatus}#${digest(record)}`,
  }
}

function digest({
  recipient,
  part,
  channel,
  providerStatus,
  description,
  error,
  campaign,
  price,
  details,
}: StatusRecord) {
  const told = [recipient, part, channel, providerStatus, description, error, campaign, price, details]
  return hash('sha256', canonicalize(told) as string, 'base64url').slice(0, 22)
}

/** Free of `#`; null, the empty string and every other text stay apart. */
function escapeSeparator(text: string | null): string {
  if (text === '') return '%'
  return text?.replace(/[%#]/g, encodeURIComponent) ?? ''
}

/** Sorts as text as the integers do as numbers; `-` sorts before every digit. */
function sortableInteger(integer: number): string {
  if (integer >= 0) return String(integer).padStart(ORDER_DIGITS, '0')
  return `-${String(10 ** ORDER_DIGITS + integer).padStart(ORDER_DIGITS, '0')}`
}
