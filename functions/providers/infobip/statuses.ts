import type { Status } from '../../domain/status.ts'

/**
 * All names of https://www.infobip.com/docs/essentials/api-essentials/response-status-and-error-codes, each by its
 * description; the group is no help: `DELIVERED` holds what the operator alone has.
 */
export const STATUSES = {
  PENDING_ACCEPTED: 'queued',
  PENDING_ENROUTE: 'sent',
  PENDING_WAITING_DELIVERY: 'sent',
  DELIVERED_TO_OPERATOR: 'sent', // not yet on the handset
  DELIVERED_TO_HANDSET: 'delivered',

  UNDELIVERABLE_REJECTED_OPERATOR: 'undelivered',
  UNDELIVERABLE_NOT_DELIVERED: 'undelivered',
  UNDELIVERABLE_NOT_SENT: 'failed',
  UNDELIVERABLE_NO_DESTINATION: 'failed',
  UNDELIVERABLE_REJECTED_PLATFORM: 'failed', // a request that is not valid, or a service that is down
  // Of those that begin with UNDELIVERABLE, by the error's code.
  'REJECTED BY CODE': 'rejected',
  'EXPIRED BY CODE': 'expired',

  // Calls.
  NO_ANSWER: 'undelivered',
  BUSY: 'undelivered',
  REJECTED: 'undelivered', // declined by who was called
  CANCELLED: 'skipped',

  EXPIRED_EXPIRED: 'expired',
  EXPIRED_DLR_UNKNOWN: 'unknown', // no report came from the operator

  // Refused by a policy, a list or a filter.
  SIGNALS_BLOCKED: 'rejected',
  REJECTED_NETWORK: 'rejected',
  REJECTED_DND: 'rejected',
  REJECTED_SOURCE: 'rejected',
  REJECTED_NOT_ENOUGH_CREDITS: 'rejected',
  REJECTED_SENDER: 'rejected',
  REJECTED_DESTINATION_BLOCKLISTED: 'rejected',
  REJECTED_PREPAID_PACKAGE_EXPIRED: 'rejected',
  REJECTED_DESTINATION_NOT_REGISTERED: 'rejected',
  REJECTED_ROUTE_NOT_AVAILABLE: 'rejected',
  REJECTED_FLOODING_FILTER: 'rejected',
  REJECTED_DUPLICATE_MESSAGE_ID: 'rejected',
  REJECTED_FREE_TRIAL_EXCEEDED: 'rejected',

  // Not sendable as it was.
  REJECTED_PREFIX_MISSING: 'failed',
  REJECTED_SYSTEM_ERROR: 'failed',
  REJECTED_INVALID_UDH: 'failed',
  REJECTED_MESSAGE_TOO_LONG: 'failed',
  MISSING_TO: 'failed',
  REJECTED_DESTINATION: 'failed',
  REJECTED_INVALID_AUDIO_FILE_URL: 'failed',
  REJECTED_UNSUPPORTED_LANGUAGE: 'failed',
  REJECTED_MESSAGE_IS_EMPTY: 'failed',
  REJECTED_INVALID_NOTIFY_URL: 'failed',
  REJECTED_INVALID_NOTIFY_CONTENT_TYPE: 'failed',
  REJECTED_INVALID_DTMF_SIGN: 'failed',
  REJECTED_INVALID_DTMF_TIMEOUT: 'failed',
  REJECTED_INVALID_RING_TIMEOUT: 'failed',
  REJECTED_INVALID_CALL_TIMEOUT: 'failed',
  REJECTED_INVALID_MACHINE_DETECTION: 'failed',
  REJECTED_INVALID_ACTIONS: 'failed',
  REJECTED_INVALID_ACTION_GROUPS: 'failed',
  REJECTED_MACHINE_DETECTION_DISABLED: 'failed',
  REJECTED_INVALID_DELIVERY_TIME_WINDOW: 'failed',
  REJECTED_INVALID_SSML: 'failed',
  REJECTED_MESSAGE_TEXT_TOO_LONG: 'failed',
  REJECTED_DATA_TRANSFORMATION_FAILED: 'failed',
  REJECTED_INTERNAL_ERROR: 'failed',
  REJECTED_VALIDATION_FAILED: 'failed',
  REJECTED_NO_APPLICATION: 'failed',
  REJECTED_PAYLOAD_TOO_BIG: 'failed',
  REJECTED_NO_CONTENT: 'failed',
  REJECTED_INVALID_VALIDITY_PERIOD: 'failed',
  REJECTED_INVALID_QUERY: 'failed',
  REJECTED_INVALID_INBOX_TOPIC: 'failed',
  REJECTED_INVALID_PRIMARY_BUTTON_ACTION: 'failed',

  // Notifications, and what a seen report stands for, which has no word.
  SEEN: 'read',
  OPENED: 'read',
  CLICKED: 'clicked',
  UNSUBSCRIBED: 'unsubscribed',
  COMPLAINED: 'complained',
} as const satisfies Record<string, Status>

const REJECTING = [
  433,
  541,
  542,
  572,
  577,
  578,
  579,
  580,
  603,
  604,
  607,
  608,
  609,
  2049,
  2052,
  2053,
  4099,
  4103,
  4104,
  4202, // by us, or by who sends
  15,
  375,
  488,
  560,
  561,
  562,
  563,
  564,
  566,
  571,
  573,
  574,
  592,
  632,
  2050,
  2051,
  5492, // by the operator, or by who receives
]
const EXPIRING = [811, 4098, 4100, 4101]

/** The codes of errors that say more than that a message was not delivered, from the same page; all others leave the name as it is. */
export const CODES: ReadonlyMap<string, 'rejected' | 'expired'> = new Map([
  ...REJECTING.map((code) => [`${code}`, 'rejected'] as const),
  ...EXPIRING.map((code) => [`${code}`, 'expired'] as const),
])
