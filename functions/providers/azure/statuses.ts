import type { Status } from '../../domain/status.ts'

/**
 * The words of all channels, and what a failed SMS is by its code.
 * https://learn.microsoft.com/azure/event-grid/communication-services-email-events
 * https://learn.microsoft.com/azure/event-grid/communication-services-advanced-messaging-events
 * https://learn.microsoft.com/azure/communication-services/resources/troubleshooting/voice-video-calling/troubleshooting-codes
 */
export const STATUSES = {
  SENT: 'sent',
  EXPANDED: 'sent', // to the members of a distribution list
  DELIVERED: 'delivered',
  READ: 'read',
  VIEW: 'read',
  CLICK: 'clicked',
  BOUNCED: 'undelivered',
  SUPPRESSED: 'rejected',
  FILTEREDSPAM: 'rejected',
  QUARANTINED: 'rejected',
  FAILED: 'failed',
  'FAILED 4000': 'rejected', // fraud detection
  'FAILED 4001': 'failed', // format of the sender's number
  'FAILED 4002': 'failed', // format of the recipient's number
  'FAILED 4003': 'failed', // destination not supported
  'FAILED 4004': 'undelivered', // the number does not exist
  'FAILED 4005': 'rejected', // blocked by the carrier
  'FAILED 4006': 'undelivered', // not reachable
  'FAILED 4007': 'rejected', // the recipient has opted out
  'FAILED 4008': 'rejected', // too many messages
  'FAILED 4009': 'rejected', // by Microsoft's entitlement system
  'FAILED 4010': 'rejected', // toll-free number not verified
  'FAILED 4020': 'rejected', // too many messages, says the carrier
  'FAILED 5000': 'failed',
  'FAILED 5001': 'failed', // temporarily unavailable
  'FAILED 5002': 'unknown', // the carrier has no receipts: it may have arrived
  'FAILED 9999': 'failed',
  'FAILED 131026': 'undelivered', // of WhatsApp
} as const satisfies Record<string, Status>
