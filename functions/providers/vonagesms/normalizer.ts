import * as z from 'zod/mini'
import { jsonOrFormOrQuery } from '../../domain/body/form.ts'
import type { JsonObject } from '../../domain/body/json.ts'
import type { Normalizer } from '../../domain/normalizer.ts'
import { optionalAmount, optionalWord, read, word } from '../../domain/payload.ts'
import { keyOf, STATUSES } from './statuses.ts'

const payload = z.looseObject({
  messageId: word,
  status: word,
  msisdn: optionalWord,
  'err-code': optionalWord,
  'client-ref': optionalWord,
  price: optionalAmount,
})

/** The mapping of https://developer.vonage.com/en/messaging/sms/guides/delivery-receipts */
export const normalizer: Normalizer<JsonObject> = {
  version: 1,
  body: jsonOrFormOrQuery,
  statuses: STATUSES,

  wordOf({ providerStatus, error }) {
    return (/^\s*failed\s*$/i.test(providerStatus) && keyOf(error?.code)) || providerStatus
  },

  /** Messages to us may come to the same URL. */
  ignores: ({ status, text, type, keyword }) =>
    status === undefined && (text ?? type ?? keyword) !== undefined ? 'inbound_message' : undefined,

  facts(fields) {
    // Of the push and its signature: they differ from attempt to attempt.
    const { 'message-timestamp': _push, timestamp: _signed, nonce: _nonce, sig: _sig, ...reported } = fields
    const {
      messageId,
      status,
      msisdn,
      'err-code': code,
      'client-ref': reference,
      price,
      ...details
    } = read(payload, reported)
    return [
      {
        messageId,
        recipient: msisdn,
        channel: 'sms',
        providerStatus: status,
        error: code === null || code === '0' ? null : { code, message: null },
        // Only the carrier's clock comes, `scts`, without seconds and zone: it stays in the details.
        occurredAt: null,
        reference,
        price: price === undefined || price === null ? null : { amount: Number(price), currency: null },
        details: {
          ...details,
          ...(code === '0' && { 'err-code': code }),
          ...(reference !== null && { 'client-ref': reference }),
          ...(typeof price === 'string' && { price }),
        },
      },
    ]
  },
}
