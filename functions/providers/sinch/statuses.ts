import type { Status } from '../../domain/status.ts'

/** https://developers.sinch.com/docs/sms/api-reference/sms/tag/Delivery-reports/#delivery-report-statuses */
const WORDS = {
  QUEUED: 'queued',
  DISPATCHED: 'sent',
  ABORTED: 'failed', // before it reached the SMSC
  CANCELLED: 'skipped', // by the user
  REJECTED: 'rejected', // by the SMSC
  DELETED: 'undelivered', // by a remote SMSC: an invalid number, or one that has opted out
  DELIVERED: 'delivered',
  FAILED: 'undelivered',
  EXPIRED: 'expired',
  UNKNOWN: 'unknown',
} as const satisfies Record<string, Status>

/** Codes of Sinch's own that say more than these words; those of SMPP leave the word as it is. */
const CODES = {
  406: 'expired', // before it reached the SMSC
  407: 'skipped', // cancelled by the user
  408: 'rejected', // by the SMSC
  412: 'rejected', // no permission to send to the region
  413: 'rejected', // the account is blocked
} as const satisfies Record<number, Status>

/** The words, and each coarse one with a code that says more. */
export const STATUSES: Readonly<Record<string, Status>> = {
  ...WORDS,
  ...Object.fromEntries(
    Object.entries(CODES).flatMap(([code, status]) =>
      ['ABORTED', 'FAILED', 'REJECTED'].map((word) => [`${word} ${code}`, status]),
    ),
  ),
}
