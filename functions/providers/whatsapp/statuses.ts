import type { Status } from '../../domain/status.ts'

/** https://developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/reference/messages/status/ */
const WORDS = {
  SENT: 'sent',
  DELIVERED: 'delivered',
  READ: 'read',
  PLAYED: 'read', // a voice message
  FAILED: 'failed',
  // Of the On-Premises API; neither says whether the message arrived.
  DELETED: 'unknown',
  WARNING: 'unknown',
} as const satisfies Record<string, Status>

/**
 * Codes that say more than `failed`; all others leave the word as it is.
 * https://developers.facebook.com/docs/whatsapp/cloud-api/support/error-codes/
 */
const CODES = {
  4: 'rejected', // too many calls of the app
  368: 'rejected', // blocked for violating a policy
  80007: 'rejected', // rate limit of the business account
  130429: 'rejected', // rate limit of the phone number
  130472: 'rejected', // the recipient is part of an experiment
  130497: 'rejected', // the account may not send to this country
  131026: 'undelivered', // no WhatsApp, an old version, or the terms are not accepted
  131030: 'rejected', // the recipient is not in the list of the test number
  131031: 'rejected', // the account is locked
  131037: 'rejected', // the display name is not approved
  131047: 'rejected', // more than 24 hours since the recipient's last message
  131048: 'rejected', // too many messages were blocked or reported as spam
  131049: 'rejected', // too many marketing messages for this recipient
  131050: 'rejected', // the recipient has stopped marketing messages
  131056: 'rejected', // rate limit of sender and recipient
  131063: 'rejected', // marketing templates are disabled for the account
  132007: 'rejected', // the template violates a policy
  132015: 'rejected', // the template is paused for its quality
  132016: 'rejected', // the template is disabled for its quality
  132068: 'rejected', // the flow is blocked
  132069: 'rejected', // the flow is throttled
} as const satisfies Record<number, Status>

/** The words, and `failed` with a code that says more. */
export const STATUSES: Readonly<Record<string, Status>> = {
  ...WORDS,
  ...Object.fromEntries(Object.entries(CODES).map(([code, status]) => [`FAILED ${code}`, status])),
}
