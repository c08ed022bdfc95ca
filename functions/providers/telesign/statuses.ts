import type { Status } from '../../domain/status.ts'

/**
 * The codes that TeleSign lists for SMS and Messaging, each by its description.
 *
 * Source: the page "All status and error codes",
 * https://developer.telesign.com/enterprise/docs/all-status-and-error-codes; 3116 to 3119, 3210, 3309 and 3311 from
 * https://developer.telesign.com/enterprise/reference/getmessagingstatus, 286 and 293 from
 * https://developer.telesign.com/enterprise/reference/bulksmscallbacks, 291 from the page's older issues. 201 is a read
 * notification in Messaging; the page's newest issue uses it for Verify too.
 */
export const STATUSES = {
  // SMS
  200: 'delivered', // delivered to handset
  201: 'read', // message is read
  203: 'sent', // delivered to gateway
  207: 'undelivered', // error delivering SMS to handset (reason unknown)
  210: 'undelivered', // temporary phone error
  211: 'undelivered', // permanent phone error
  220: 'undelivered', // gateway or network cannot route message
  221: 'expired', // message expired before delivery
  222: 'undelivered', // SMS not supported
  229: 'rejected', // blocked by customer request
  230: 'rejected', // blocked by TeleSign
  231: 'failed', // invalid or unsupported content
  233: 'rejected', // blocked due to high risk score
  237: 'rejected', // blocked in requested country
  238: 'rejected', // destination blocked by prefix
  250: 'unknown', // final status unknown
  251: 'sent', // sent out for delivery, but no confirmation came
  286: 'failed', // transaction not attempted
  290: 'queued', // message in progress
  291: 'queued', // queued by TeleSign
  292: 'queued', // queued by gateway
  293: 'queued', // bulk request accepted
  295: 'unknown', // status delayed
  299: 'unknown',
  500: 'failed', // transaction not attempted
  501: 'rejected', // not authorized
  502: 'failed', // campaign error
  503: 'undelivered', // carrier rejected, temporary problem
  504: 'undelivered', // carrier rejected, permanent error
  505: 'failed', // error on gateway, temporary
  506: 'failed', // error on gateway, permanent
  507: 'failed', // invalid destination address
  508: 'failed', // invalid source address
  509: 'failed', // parameters problem
  510: 'rejected', // blocked by subscriber action or request
  511: 'undelivered', // subscriber low on credit
  512: 'undelivered', // roaming error
  513: 'undelivered', // mobile number portability error
  514: 'undelivered', // subscriber absent
  515: 'rejected', // suspected spam
  516: 'undelivered', // channel not supported by the device
  517: 'failed', // selected DLT details for India not supported
  518: 'rejected', // blocked due to high risk SIM swap indicator
  519: 'failed', // requested SIM swap check could not be performed
  520: 'rejected', // content not allowed
  521: 'rejected', // sender id not allowed for destination
  599: 'unknown', // status not available

  // Messaging
  3000: 'delivered',
  3001: 'queued', // message in progress
  3002: 'sent', // delivered to gateway
  3003: 'undelivered', // delivery error
  3004: 'sent', // sent out for delivery, but no confirmation came
  3005: 'read', // message is read
  3006: 'rejected', // none of the channels is enabled for the customer
  3011: 'failed', // provider account registration error
  3012: 'failed', // provider account migration error
  3030: 'undelivered', // temporary phone error
  3031: 'undelivered', // permanent phone error
  3032: 'undelivered', // gateway or network cannot route message
  3033: 'expired', // message expired before delivery
  3034: 'undelivered', // SMS not supported
  3035: 'failed', // invalid or unsupported content
  3036: 'rejected', // price threshold exceeded
  3037: 'rejected', // blocked in requested country
  3038: 'rejected', // destination blocked by prefix
  3039: 'unknown', // final status unknown
  3040: 'queued', // queued by gateway
  3041: 'undelivered', // carrier rejected, temporary problem
  3042: 'undelivered', // carrier rejected, permanent error
  3043: 'failed', // error on gateway, temporary
  3044: 'failed', // error on gateway, permanent
  3045: 'failed', // parameters problem
  3046: 'rejected', // blocked by subscriber action or request
  3047: 'undelivered', // subscriber low on credit
  3048: 'undelivered', // roaming error
  3049: 'undelivered', // mobile number portability error
  3050: 'undelivered', // subscriber absent
  3051: 'rejected', // suspected spam
  3052: 'rejected', // blocked by customer request
  3053: 'rejected', // blocked by TeleSign
  3054: 'failed', // cannot be sent to the RBM provider, parsing error
  3055: 'undelivered', // channel not supported by the device
  3056: 'expired', // failed to deliver in the specified fallback time
  3057: 'failed', // invalid source address
  3058: 'rejected', // API host not allowed for this customer id
  3059: 'failed', // too many elements for a rich card
  3060: 'unknown', // channel supported by the device: says nothing of the message
  3061: 'failed', // media size exceeds the limit
  3062: 'undelivered', // MMS not supported
  3071: 'rejected', // unverified number on a trial account
  3072: 'rejected', // blocked due to high risk score
  3073: 'failed', // insufficient funds
  3100: 'failed', // unknown channel
  3101: 'failed', // invalid phone_number
  3102: 'failed', // invalid message_type
  3103: 'failed', // unsupported external_id
  3104: 'failed', // invalid account_lifecycle_event
  3105: 'failed', // invalid originating_ip
  3106: 'failed', // invalid callback_url
  3107: 'failed', // invalid country_code
  3108: 'failed', // invalid message
  3109: 'failed', // invalid sender_id
  3110: 'failed', // invalid request
  3112: 'failed', // template does not exist for the channel
  3113: 'failed', // invalid channel
  3114: 'rejected', // message type not allowed outside of the conversation window
  3115: 'failed', // destination not in coverage
  3116: 'failed', // payload too large
  3119: 'failed', // invalid email
  3200: 'rejected', // channel not enabled for the customer
  3202: 'rejected', // fallback not enabled
  3203: 'rejected', // callback URL not enabled
  3204: 'rejected', // rate limit exceeded
  3205: 'rejected', // rate limit exceeded
  3206: 'rejected', // product not enabled
  3207: 'rejected', // transaction hard cap exceeded
  3208: 'failed', // provider account id not found
  3209: 'rejected', // end user not registered for testing
  3210: 'rejected', // capability check not enabled
  3300: 'failed', // missing channels
  3301: 'failed', // missing channel
  3302: 'failed', // missing phone_number
  3303: 'failed', // missing message
  3304: 'failed', // missing message_type
  3305: 'failed', // missing template parameters
  3306: 'failed', // missing message parameters for the channel
  3309: 'failed', // missing email
  3311: 'failed', // invalid reference_id
  3400: 'rejected', // not authorized
  3405: 'rejected', // missing authorization
  3406: 'rejected', // account suspended
  3408: 'rejected', // account not found
  3409: 'rejected', // invalid source IP address
  3410: 'rejected', // invalid customer id
  3411: 'rejected', // invalid API key
  3412: 'rejected', // malformed authorization
  3413: 'rejected', // host not allowed
  3500: 'failed', // system unavailable
  3601: 'failed', // missing providers tracking data
} as const satisfies Record<number, Status>
