import type { Status } from '../../domain/status.ts'

export const STATUSES = {
  // The codes of the REST and HTTP APIs. Those of the One API are others, so its words are read.
  1: 'unknown', // no such message, or the report is late
  2: 'queued',
  3: 'sent', // to the gateway or network
  4: 'delivered',
  5: 'failed', // an error in the message
  6: 'skipped', // canceled
  7: 'undelivered',
  8: 'queued', // received by the gateway
  9: 'failed', // no route
  10: 'expired',
  11: 'queued', // for later
  12: 'failed', // out of credit
  14: 'failed', // a limit, or too long
  // https://docs.clickatell.com/channels/one-api/one-api-message-status-table/
  UNKNOWN: 'unknown',
  QUEUED: 'queued',
  SCHEDULED: 'queued',
  SENT_TO_SUPPLIER: 'sent',
  DEVICE_ACK: 'delivered',
  READ: 'read',
  EXPIRED: 'expired',
  STOPPED_BY_USER: 'skipped',
  STOPPED_BY_ADMIN: 'skipped',
  EMULATED: 'skipped',
  DELIVERY_FAILURE: 'undelivered',
  RECIPIENT_DOES_NOT_EXIST: 'undelivered',
  VOLUME_LIMIT: 'rejected',
  VOLUME_LIMIT_DAILY: 'rejected',
  VOLUME_LIMIT_MONTHLY: 'rejected',
  WHATSAPP_RE_ENGAGEMENT_REQUIRED: 'rejected',
  WHATSAPP_SPAM_RATE_LIMIT_REACHED: 'rejected',
  WHATSAPP_SERVER_RATE_LIMIT: 'rejected',
  WHATSAPP_EXPERIMENTAL_NUMBER: 'rejected',
  WHATSAPP_TEMPLATE_FORMATTING_POLICY_VIOLATED: 'rejected',
  INSUFFICIENT_ACCOUNT_BALANCE: 'failed',
  ROUTING_ERROR: 'failed',
  ENCRYPTION_ACCESS_DENIED: 'failed',
  ENCRYPTION_CONTENT_ERROR: 'failed',
  MEDIA_NOT_FOUND: 'failed',
  MEDIA_SIZE_ERROR: 'failed',
  MEDIA_CHECKSUM_FAILURE: 'failed',
  MEDIA_REJECTED_BY_SUPPLIER: 'failed',
  MEDIA_METADATA_ERROR: 'failed',
  MEDIA_ACCESS_ERROR: 'failed',
  WHATSAPP_ACCOUNT_PAYMENT_ISSUE: 'failed',
  WHATSAPP_HSM_NOT_AVAILABLE: 'failed',
  WHATSAPP_HSM_PARAM_COUNT_MISMATCH: 'failed',
  WHATSAPP_HSM_IS_MISSING: 'failed',
  WHATSAPP_HSM_DOWNLOAD_FAILED: 'failed',
  WHATSAPP_HSM_PACK_IS_MISSING: 'failed',
  WHATSAPP_TEMPLATE_TEXT_TOO_LONG: 'failed',
  WHATSAPP_TEMPLATE_FORMAT_MISMATCH: 'failed',
  WHATSAPP_TEMPLATE_MEDIA_FORMAT_UNSUPPORTED: 'failed',
  WHATSAPP_TEMPLATE_INVALID_URL: 'failed',
  WHATSAPP_TEMPLATE_INVALID_PHONE_NUMBER: 'failed',
  WHATSAPP_TEMPLATE_RECEIVER_NO_BUTTON_SUPPORT: 'failed',
  WHATSAPP_PARAMETER_MISSING: 'failed',
  WHATSAPP_PARAMETER_INVALID: 'failed',
  WHATSAPP_PARAMETER_NOT_REQUIRED: 'failed',
} as const satisfies Record<string, Status>
