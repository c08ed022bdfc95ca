import type { Status } from '../../domain/status.ts'

/** https://www.twilio.com/docs/messaging/guides/outbound-message-status-in-status-callbacks */
export const STATUSES = {
  ACCEPTED: 'queued',
  SCHEDULED: 'queued',
  QUEUED: 'queued',
  SENDING: 'queued', // on its way to the carrier, which has not accepted it yet
  SENT: 'sent',
  DELIVERED: 'delivered',
  // In Twilio's OpenAPI alone, without a word of what it means.
  PARTIALLY_DELIVERED: 'unknown',
  UNDELIVERED: 'undelivered',
  FAILED: 'failed',
  // Of these two, by the code.
  'REJECTED BY CODE': 'rejected',
  'EXPIRED BY CODE': 'expired',
  CANCELED: 'skipped',
  READ: 'read',
} as const satisfies Record<string, Status>

/**
 * Codes that say more than `failed` or `undelivered`: refused by a policy, or not delivered in time. All others
 * leave the word as it is. https://www.twilio.com/docs/api/errors
 */
export const CODES: ReadonlyMap<string, 'rejected' | 'expired'> = new Map([
  ['21408', 'rejected'], // no permission to send to the region
  ['21610', 'rejected'], // the recipient has unsubscribed
  ['30002', 'rejected'], // account suspended
  ['30004', 'rejected'], // message blocked
  ['30007', 'rejected'], // filtered by Twilio or the carrier
  ['30010', 'rejected'], // above the maximum price
  ['30018', 'rejected'], // the carrier wants the sender registered
  ['30022', 'rejected'], // rate limit of a 10DLC campaign
  ['30023', 'rejected'], // daily cap of a 10DLC brand
  ['30024', 'rejected'], // the sender is not provisioned at the carrier
  ['30027', 'rejected'], // T-Mobile's daily limit is reached
  ['30032', 'rejected'], // toll-free number not verified
  ['30034', 'rejected'], // number not registered for 10DLC
  ['30036', 'expired'], // the validity period has passed
  ['30037', 'rejected'], // the account may not send
  ['30038', 'rejected'], // filtered for a one-time password
  ['30040', 'rejected'], // the carrier wants the sender registered
  ['30041', 'rejected'], // number not registered for the United Kingdom
  ['30450', 'rejected'], // blocked, such as by the protection against SMS pumping
  ['30454', 'rejected'], // the account's limit of messages
  ['63013', 'rejected'], // policy of the channel
  ['63014', 'rejected'], // blocked by the user
  ['63015', 'rejected'], // the recipient has not joined the sandbox
  ['63016', 'rejected'], // outside of the window in which free text is allowed
  ['63017', 'rejected'], // rate limit
  ['63018', 'rejected'], // rate limit of the channel
  ['63026', 'rejected'], // the content is flagged as spam
  ['63032', 'rejected'], // a limit of WhatsApp for this recipient
  ['63033', 'rejected'], // the recipient has blocked the sender
  ['63035', 'rejected'], // the RCS sender may not send to this recipient
  ['63038', 'rejected'], // daily limit of the account
  ['63049', 'rejected'], // Meta does not deliver this marketing message
])
