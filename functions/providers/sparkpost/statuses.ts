import type { Status } from '../../domain/status.ts'

/** https://support.sparkpost.com/docs/tech-resources/webhook-event-reference */
const WORDS = {
  INJECTION: 'queued',
  DELAY: 'queued',
  DELIVERY: 'delivered',
  BOUNCE: 'undelivered',
  OUT_OF_BAND: 'undelivered', // a bounce after delivery
  POLICY_REJECTION: 'rejected',
  GENERATION_REJECTION: 'rejected',
  GENERATION_FAILURE: 'failed',
  OPEN: 'read',
  INITIAL_OPEN: 'read',
  AMP_OPEN: 'read',
  AMP_INITIAL_OPEN: 'read',
  CLICK: 'clicked',
  AMP_CLICK: 'clicked',
  LIST_UNSUBSCRIBE: 'unsubscribed',
  LINK_UNSUBSCRIBE: 'unsubscribed',
  SPAM_COMPLAINT: 'complained',
} as const satisfies Record<string, Status>

/**
 * Classes of bounces that say more. All others leave the word as it is: 1 undetermined, 10 invalid recipient, 20 soft, 21 DNS,
 * 22 mailbox full, 23 too large, 30 no recipient, 40 generic, 50 mail block, 51 spam block, 52 spam content, 53 attachment,
 * 54 relaying denied, 70 transient. https://support.sparkpost.com/docs/deliverability/bounce-classification-codes
 */
const CLASSES = {
  24: 'expired', // timeout
  25: 'rejected', // admin failure: SparkPost's own policy or suppression list
  60: 'unknown', // an automatic reply
  80: 'unknown', // asks to be subscribed
  90: 'unsubscribed', // asks to be unsubscribed
  100: 'unknown', // asks the sender to prove that it is a person
} as const satisfies Record<number, Status>

/** The events, and each bounce with a class that says more. */
export const STATUSES: Readonly<Record<string, Status>> = {
  ...WORDS,
  ...Object.fromEntries(
    Object.entries(CLASSES).flatMap(([code, status]) => [
      [`BOUNCE ${code}`, status],
      [`OUT_OF_BAND ${code}`, status],
    ]),
  ),
}
