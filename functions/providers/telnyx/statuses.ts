import type { Status } from '../../domain/status.ts'

/** https://developers.telnyx.com/docs/messaging/messages/receiving-webhooks, and what a failure is by its error. */
export const STATUSES = {
  QUEUED: 'queued',
  SENDING: 'queued',
  SENT: 'sent',
  DELIVERED: 'delivered',
  READ: 'read',
  SENDING_FAILED: 'failed',
  DELIVERY_FAILED: 'undelivered',
  DELIVERY_UNCONFIRMED: 'unknown', // the carrier never said
  EXPIRED: 'expired',
  // Of older accounts: no answer from the gateway, or no receipt, in time.
  GW_TIMEOUT: 'unknown',
  DLR_TIMEOUT: 'unknown',
  'FAILED BY POLICY': 'rejected',
  'FAILED IN TIME': 'expired',
} as const satisfies Record<string, Status>

/** Errors that say more than the word. https://developers.telnyx.com/docs/messaging/messages/error-codes */
const ERRORS: Readonly<Record<string, readonly number[]>> = {
  // Spam, for now and for good; rejected by the destination; not registered for 10DLC; too many requests; Telnyx's own spam
  // filter; 10DLC limits and spam; STOP; region not permitted; sender of ill repute; content; toll-free number not verified.
  'FAILED BY POLICY': [
    40002, 40003, 40004, 40010, 40011, 40015, 40016, 40017, 40018, 40300, 40309, 40315, 40322, 40329,
  ],
  // On its way, and in the queue.
  'FAILED IN TIME': [40005, 40014],
}

/** The table's key for an error's code; undefined where it says no more than the word. */
export const keyOf = (code: string | null | undefined): string | undefined =>
  Object.keys(ERRORS).find((key) => ERRORS[key]?.includes(Number(code)))
