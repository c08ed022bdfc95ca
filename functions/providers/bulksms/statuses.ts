import type { Status } from '../../domain/status.ts'

/** `status.type`, of a failure with `status.subtype`: https://www.bulksms.com/developer/json/v1/ */
export const STATUSES = {
  ACCEPTED: 'queued',
  SCHEDULED: 'queued',
  SENT: 'sent', // "relayed away from our systems"
  DELIVERED: 'delivered',
  UNKNOWN: 'unknown',
  FAILED: 'undelivered',
  'FAILED EXPIRED': 'expired',
  'FAILED HANDSET_ERROR': 'undelivered',
  'FAILED BLOCKED': 'rejected', // the recipient has sent STOP
  'FAILED NOT_SENT': 'failed', // no route
  'FAILED CANCELLED': 'skipped', // of EAPI alone
} as const satisfies Record<string, Status>

/** What the codes of EAPI are in these words: https://www.bulksms.com/developer/eapi/status_reports/http_push */
const CODES: Partial<Record<keyof typeof STATUSES, readonly number[]>> = {
  ACCEPTED: [0], // in progress
  // Delivered upstream; the same unacknowledged; unavailable for now; transient; an update; not cancelled; queued for a retry.
  SENT: [10, 12, 40, 60, 61, 62, 64],
  DELIVERED: [11],
  FAILED: [50, 51, 52, 54], // generic, to the phone, to the network, to a remote network
  'FAILED EXPIRED': [53],
  'FAILED BLOCKED': [32, 33, 56, 57], // blocked and censored, here and remotely
  // Internal; authentication; validation; credits; upstream credits; quota; upstream quota; no route.
  'FAILED NOT_SENT': [22, 23, 24, 25, 26, 27, 28, 31],
  'FAILED CANCELLED': [29],
  UNKNOWN: [70],
}

/** The table's key for a code of EAPI; undefined where it is none. */
export const keyOf = (code: string): string | undefined =>
  /^\s*\d+\s*$/.test(code) ? Object.entries(CODES).find(([, codes]) => codes.includes(Number(code)))?.[0] : undefined
