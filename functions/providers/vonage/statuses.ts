import type { Status } from '../../domain/status.ts'

/**
 * https://developer.vonage.com/en/messages/concepts/messages-status-callbacks, and what a `rejected` or `undeliverable` is by
 * its error.
 */
export const STATUSES = {
  SUBMITTED: 'sent',
  DELIVERED: 'delivered',
  READ: 'read',
  REJECTED: 'rejected',
  UNDELIVERABLE: 'failed', // Vonage could not connect to the provider
  'ERROR FAILED': 'failed',
  'ERROR REJECTED': 'rejected',
  'ERROR UNDELIVERED': 'undelivered',
  'ERROR EXPIRED': 'expired',
} as const satisfies Record<string, Status>

/** Errors that say more than the word. https://developer.vonage.com/en/api-errors/messages */
const ERRORS: Readonly<Record<string, readonly number[]>> = {
  // Missing and invalid parameters, tag, template, message, length, TTL, class, number; credit; internal; communication;
  // signature; no route; fee not paid; access token.
  'ERROR FAILED': [
    1010, 1020, 1021, 1022, 1030, 1040, 1070, 1080, 1090, 1100, 1110, 1130, 1150, 1170, 1250, 1350, 1370,
  ],
  // Throttled; number or account barred; sender, facility or destination not permitted; spam; the recipient has sent STOP;
  // too many to one number; age; blocked by the carrier; outside of the window for answers.
  'ERROR REJECTED': [1000, 1050, 1060, 1120, 1140, 1160, 1210, 1240, 1241, 1270, 1280, 1340],
  // Absent, ported, busy, network, unreachable, the recipient's credit, not of the network, device.
  'ERROR UNDELIVERED': [1180, 1190, 1200, 1220, 1230, 1260, 1290, 1300, 1310],
  'ERROR EXPIRED': [1360],
}

/** The table's key for an error's code; undefined where it says no more than the word. */
export const keyOf = (code: string | null | undefined): string | undefined =>
  Object.keys(ERRORS).find((key) => ERRORS[key]?.includes(Number(code)))
