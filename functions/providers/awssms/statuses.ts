import type { Status } from '../../domain/status.ts'

/**
 * The values of `messageStatus`, which are those of `eventType` without its channel.
 * https://docs.aws.amazon.com/sms-voice/latest/userguide/configuration-sets-event-types.html
 */
export const STATUSES = {
  QUEUED: 'queued',
  PENDING: 'queued',
  SENT: 'sent',
  SUCCESSFUL: 'sent', // the carrier has accepted it
  'SUCCESSFUL FINAL': 'delivered', // and for this country AWS gets no other receipt
  DELIVERED: 'delivered',
  READ: 'read',
  INVALID: 'failed', // the number
  INVALID_MESSAGE: 'failed',
  FAILED: 'failed',
  FILE_INACCESSIBLE: 'failed',
  FILE_TYPE_UNSUPPORTED: 'failed',
  FILE_SIZE_EXCEEDED: 'failed',
  UNREACHABLE: 'undelivered',
  CARRIER_UNREACHABLE: 'undelivered',
  BLOCKED: 'rejected',
  CARRIER_BLOCKED: 'rejected',
  PROTECT_BLOCKED: 'rejected', // by a rule of the account
  SPAM: 'rejected',
  TTL_EXPIRED: 'expired',
  UNKNOWN: 'unknown', // 72 hours have passed without a final event
  // Of RCS: another channel carries the message on.
  FALLEN_BACK_TO_SMS: 'skipped',
  // Of a voice message.
  INITIATED: 'queued',
  RINGING: 'sent',
  ANSWERED: 'delivered',
  COMPLETED: 'delivered',
  BUSY: 'undelivered',
  NO_ANSWER: 'undelivered',
  // Of Amazon Pinpoint, whose events these were.
  OPTED_OUT: 'rejected',
  MAX_PRICE_EXCEEDED: 'rejected',
} as const satisfies Record<string, Status>
