import * as z from 'zod/mini'
import { type Fields, query } from '../../domain/body/form.ts'
import { type Normalizer, occurrence } from '../../domain/normalizer.ts'
import { optionalAmount, optionalWord, read, time, word } from '../../domain/payload.ts'
import { keyOf, STATUSES } from './statuses.ts'

const payload = z.looseObject({
  id: word,
  recipient: word,
  status: word,
  statusDatetime: time('RFC 3339'),
  statusReason: optionalWord,
  statusErrorCode: optionalWord,
  'price[amount]': optionalAmount,
  'price[currency]': optionalWord,
})

/**
 * The mapping of https://developers.messagebird.com/api/sms-messaging/#handle-a-status-report; its `reference` stands in the URL as
 * ours would.
 */
export const normalizer: Normalizer<Fields> = {
  version: 1,
  body: query,
  statuses: STATUSES,

  wordOf({ providerStatus, error }) {
    const isFailure = /^\s*delivery_failed\s*$/i.test(providerStatus)
    return (isFailure && error && keyOf(error.code, error.message)) || providerStatus
  },

  facts(fields, { timeZone }) {
    const { id, recipient, status, statusDatetime, ...reported } = read(payload, fields)
    const { statusReason, statusErrorCode, ...rest } = reported
    const { 'price[amount]': amount, 'price[currency]': currency, ...details } = rest
    const { occurredAt, raw } = occurrence('statusDatetime', withPlus(statusDatetime), timeZone)
    const isFailure = statusErrorCode !== null || /fail|expired|busy/i.test(status)
    return [
      {
        messageId: id,
        recipient,
        channel: /^\s*(calling|answered|machine|busy|failed)\s*$/i.test(status) ? 'voice' : 'sms',
        providerStatus: status,
        description: statusReason,
        error: isFailure ? { code: statusErrorCode, message: statusReason } : null,
        occurredAt,
        price: amount === undefined || amount === null ? null : { amount: Number(amount), currency },
        details: {
          ...details,
          ...(amount !== undefined && amount !== null && { 'price[amount]': amount }),
          ...raw,
        },
      },
    ]
  },
}

/** An offset's plus sign that was sent unescaped stands in the query as a blank. */
const withPlus = (text: string): string => text.replace(/(T\S+) (\d\d:?\d\d)$/, '$1+$2')
