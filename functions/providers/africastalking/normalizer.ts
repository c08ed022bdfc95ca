import * as z from 'zod/mini'
import { type Fields, form } from '../../domain/body/form.ts'
import type { Normalizer } from '../../domain/normalizer.ts'
import { optionalWord, read, word } from '../../domain/payload.ts'
import type { Status } from '../../domain/status.ts'

/** http://docs.africastalking.com/sms/deliveryreports */
const STATUSES = {
  SENT: 'sent',
  SUBMITTED: 'sent', // to the operator
  BUFFERED: 'sent', // at the operator
  SUCCESS: 'delivered', // on the handset
  REJECTED: 'rejected', // by the operator
  FAILED: 'undelivered',
  // Of these two, by the reason.
  'REJECTED BY REASON': 'rejected',
  'FAILED BY REASON': 'failed',
  'UNDELIVERED BY REASON': 'undelivered',
  // In no document.
  EXPIRED: 'expired',
  ABSENTSUBSCRIBER: 'undelivered',
} as const satisfies Record<string, Status>

/** The reasons that say more than `Failed` or `Rejected`. */
const REASONS: ReadonlyMap<string, 'rejected' | 'failed' | 'undelivered'> = new Map([
  ['insufficientcredit', 'failed'], // the subscriber cannot pay for a premium message
  ['invalidlinkid', 'failed'],
  ['userisinactive', 'undelivered'],
  ['userdoesnotexist', 'undelivered'],
  ['notnetworksubscriber', 'undelivered'],
  ['notnetworksubcriber', 'undelivered'], // so spelled by a customer of theirs
  ['userinblacklist', 'rejected'],
  ['useraccountsuspended', 'undelivered'],
  ['usernotsubscribedtoproduct', 'rejected'],
  ['donotdisturbrejection', 'rejected'],
])

const report = z.looseObject({ id: word, status: word, phoneNumber: optionalWord, failureReason: optionalWord })

/** The mapping of http://docs.africastalking.com/sms/notifications */
export const normalizer: Normalizer<Fields> = {
  version: 1,
  body: form,
  statuses: STATUSES,

  wordOf({ providerStatus, error }) {
    const isFailure = /^\s*(failed|rejected)\s*$/i.test(providerStatus)
    const status = isFailure && REASONS.get(error?.code?.trim().toLowerCase() ?? '')
    return status ? `${status} by reason` : providerStatus
  },

  /** Messages to us, and opt-outs and subscriptions, which name no message. */
  ignores({ status, text, updateType, senderId }) {
    if (status !== undefined) return undefined
    if (text !== undefined) return 'inbound_message'
    if (updateType !== undefined) return 'subscription'
    return senderId === undefined ? undefined : 'opt_out'
  },

  facts(fields) {
    const { id, status, phoneNumber, failureReason, ...details } = read(report, fields)
    return [
      {
        messageId: id,
        recipient: phoneNumber,
        channel: 'sms',
        providerStatus: status,
        error: failureReason === null ? null : { code: failureReason, message: null },
        occurredAt: null,
        details,
      },
    ]
  },
}
