import type { Status } from '../../domain/status.ts'

/** https://www.twilio.com/docs/messaging/guides/outbound-message-status-in-status-callbacks */
const WORDS = {
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
  CANCELED: 'skipped',
  READ: 'read',
} as const satisfies Record<string, Status>

/**
 * Codes that say more than `failed` or `undelivered`: refused by somebody's policy, or not delivered in time. All others
 * leave the word as it is. https://www.twilio.com/docs/api/errors
 */
const CODES = {
  21408: 'rejected', // no permission to send to the region
  21610: 'rejected', // the recipient has unsubscribed
  30002: 'rejected', // account suspended
  30004: 'rejected', // message blocked
  30007: 'rejected', // filtered by Twilio or the carrier
  30010: 'rejected', // above the maximum price
  30018: 'rejected', // the carrier wants the sender registered
  30022: 'rejected', // rate limit of a 10DLC campaign
  30023: 'rejected', // daily cap of a 10DLC brand
  30024: 'rejected', // the sender is not provisioned at the carrier
  30027: 'rejected', // T-Mobile's daily limit is reached
  30032: 'rejected', // toll-free number not verified
  30034: 'rejected', // number not registered for 10DLC
  30036: 'expired', // the validity period has passed
  63013: 'rejected', // policy of the channel
  63014: 'rejected', // blocked by the user
  63015: 'rejected', // the recipient has not joined the sandbox
  63016: 'rejected', // outside of the window in which free text is allowed
  63018: 'rejected', // rate limit of the channel
  63024: 'undelivered', // the recipient cannot get messages of the channel
  63026: 'rejected', // the sender is flagged as spam
  63032: 'rejected', // a limit of WhatsApp for this recipient
  63033: 'rejected', // the recipient has blocked the sender
  63038: 'rejected', // daily limit of the account
} as const satisfies Record<number, Status>

/** The words, and each word with a code that says more. */
export const STATUSES: Readonly<Record<string, Status>> = {
  ...WORDS,
  ...Object.fromEntries(
    Object.entries(CODES).flatMap(([code, status]) => [
      [`FAILED ${code}`, status],
      [`UNDELIVERED ${code}`, status],
    ]),
  ),
}
