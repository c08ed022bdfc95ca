import type { Status } from '../../domain/status.ts'

/**
 * Statuses, interactions, and what a failed delivery of an SMS is by its reason or its code.
 * https://docs.bird.com/api/channels-api/message-status-and-interactions
 */
export const STATUSES = {
  ACCEPTED: 'queued',
  PROCESSING: 'queued',
  SENT: 'sent',
  DELIVERED: 'delivered',
  SENDING_FAILED: 'failed',
  DELIVERY_FAILED: 'undelivered',
  'DELIVERY_FAILED EXPIRED': 'expired',
  'DELIVERY_FAILED DLR_NOT_RECEIVED': 'expired',
  'DELIVERY_FAILED OPTED_OUT': 'rejected',
  'DELIVERY_FAILED CARRIER_REJECTED': 'rejected',
  'DELIVERY_FAILED CAPACITY_LIMIT_REACHED': 'rejected',
  'DELIVERY_FAILED INSUFFICIENT_BALANCE': 'failed',
  'DELIVERY_FAILED 103': 'rejected', // the recipient has opted out
  REJECTED: 'rejected',
  SKIPPED: 'skipped',
  DELETED: 'skipped',
  // Interactions.
  OPENED: 'read',
  READ: 'read',
  CLICKED: 'clicked',
  'UNSUBSCRIBE-REQUEST': 'unsubscribed',
  'REPORTED-AS-SPAM': 'complained',
} as const satisfies Record<string, Status>
