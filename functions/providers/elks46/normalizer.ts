import * as z from 'zod/mini'
import { type Fields, form } from '../../domain/body/form.ts'
import { type Normalizer, occurrence } from '../../domain/normalizer.ts'
import { optionalWord, read, word } from '../../domain/payload.ts'
import type { Status } from '../../domain/status.ts'

/** https://46elks.se/docs/sms-delivery-reports */
const STATUSES = {
  CREATED: 'queued', // of the answer to sending
  SENT: 'sent',
  DELIVERED: 'delivered',
  FAILED: 'undelivered',
} as const satisfies Record<string, Status>

const report = z.looseObject({ id: word, status: word, to: optionalWord, delivered: optionalWord })

/** The start of an id says what it is of. */
const CHANNELS: Readonly<Record<string, string>> = { s: 'sms', m: 'mms' }

/** The mapping of https://46elks.se/docs/sms-delivery-reports */
export const normalizer: Normalizer<Fields> = {
  version: 1,
  body: form,
  statuses: STATUSES,

  /** Messages to us and calls have URLs of their own. */
  ignores({ status, message, callid, direction }) {
    if (status === undefined && message !== undefined) return 'inbound_message'
    return callid !== undefined || (status === undefined && direction !== undefined) ? 'call' : undefined
  },

  facts(fields, { timeZone }) {
    const { id, status, to, delivered, ...details } = read(report, fields)
    const { occurredAt, raw } = occurrence('delivered', delivered ?? '', timeZone)
    return [
      {
        messageId: id,
        recipient: to,
        channel: CHANNELS[id.charAt(0)] ?? null,
        providerStatus: status,
        occurredAt,
        details: { ...details, ...(delivered !== null && raw) },
      },
    ]
  },
}
