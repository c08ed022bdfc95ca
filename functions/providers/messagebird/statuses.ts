import type { Status } from '../../domain/status.ts'

/** https://developers.messagebird.com/api/sms-messaging/ and, from `calling` on, of voice messages; and what a failure is by its reason. */
export const STATUSES = {
  SCHEDULED: 'queued',
  SENT: 'sent',
  BUFFERED: 'sent',
  DELIVERED: 'delivered',
  EXPIRED: 'expired',
  DELIVERY_FAILED: 'undelivered',
  CALLING: 'queued',
  ANSWERED: 'delivered',
  MACHINE: 'delivered', // an answering machine took it
  BUSY: 'undelivered',
  FAILED: 'failed',
  'DELIVERY_FAILED BY POLICY': 'rejected',
  'DELIVERY_FAILED IN TIME': 'expired',
  'DELIVERY_FAILED TO BE SENT': 'failed',
} as const satisfies Record<string, Status>

/** Reasons and codes that say more than `delivery_failed`. https://docs.bird.com/connectivity-platform/troubleshooting/sms-errors-and-error-codes */
const REASONS: Readonly<Record<string, readonly string[]>> = {
  // 103: the recipient has opted out.
  'DELIVERY_FAILED BY POLICY': ['103', 'opted out', 'carrier rejected', 'capacity limit reached'],
  'DELIVERY_FAILED IN TIME': ['expired', 'dlr not received'],
  'DELIVERY_FAILED TO BE SENT': ['insufficient balance'],
}

/** The table's key for what came with a `delivery_failed`: its code, else its reason; undefined where neither says more. */
export const keyOf = (code: string | null, reason: string | null): string | undefined =>
  [code, reason?.trim().toLowerCase().replaceAll('_', ' ')]
    .map((text) => Object.keys(REASONS).find((key) => text && REASONS[key]?.includes(text)))
    .find((key) => key !== undefined)
