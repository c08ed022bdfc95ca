import type { Status } from '../../domain/status.ts'

/** https://developer.vonage.com/en/messaging/sms/guides/delivery-receipts, and what a `failed` is by its code. */
export const STATUSES = {
  ACCEPTED: 'sent', // by the carrier
  BUFFERED: 'sent', // by the carrier, for later
  DELIVERED: 'delivered',
  EXPIRED: 'expired',
  FAILED: 'undelivered',
  REJECTED: 'rejected',
  UNKNOWN: 'unknown',
  'FAILED BY POLICY': 'rejected',
  'FAILED TO BE SENT': 'failed',
} as const satisfies Record<string, Status>

/** Codes that say more than `failed`: https://developer.vonage.com/en/messaging/sms/guides/delivery-receipts#dlr-error-codes */
const CODES: Readonly<Record<string, readonly number[]>> = {
  // Spam; the recipient has sent STOP; age; blocked by the carrier; filters of entity, header, content and consent; regulation.
  'FAILED BY POLICY': [6, 9, 13, 14, 50, 51, 52, 53, 54],
  // Invalid message; unroutable.
  'FAILED TO BE SENT': [10, 11],
}

/** The table's key for the code of a `failed`; undefined where it says no more than the word. */
export const keyOf = (code: string | null | undefined): string | undefined =>
  Object.keys(CODES).find((key) => CODES[key]?.includes(Number(code)))
