import type { Status } from '../../domain/status.ts'

/** What the codes of OVHcloud say; `keyOf` gives the key of a code. */
export const STATUSES = {
  PENDING: 'queued',
  'ACCEPTED BY THE OPERATOR': 'sent',
  'RETRIED BY THE OPERATOR': 'sent',
  DELIVERED: 'delivered',
  'NOT KNOWN': 'unknown',
  EXPIRED: 'expired',
  UNDELIVERED: 'undelivered',
  BLOCKED: 'rejected',
  'NOT BILLED': 'failed',
} as const satisfies Record<string, Status>

type Key = keyof typeof STATUSES

/**
 * `ptt`, the main ones: OVHcloud calls its own list not exhaustive.
 * https://github.com/ovh/docs/tree/develop/pages/web_cloud/messaging/sms/tout_savoir_sur_les_utilisateurs_sms
 */
const CODES: Partial<Record<Key, readonly number[]>> = {
  'RETRIED BY THE OPERATOR': [1, 2], // not delivered yet: the phone; the operator
  'ACCEPTED BY THE OPERATOR': [3],
  DELIVERED: [4],
  'NOT KNOWN': [6],
  EXPIRED: [8],
  // No detail; not in this form; credit of the recipient; number; absent; operator; phone, for now; phone, for ever; operator; ported; roaming.
  UNDELIVERED: [5, 20, 21, 23, 24, 25, 26, 27, 39, 73, 74],
  // Spam; content; parental lock; ported number blocked for the client.
  BLOCKED: [28, 29, 33, 76, 202],
}

/** `description`, the id of the report, which tells what a `ptt` of 0 is. */
const REPORTS: Partial<Record<Key, readonly number[]>> = {
  PENDING: [0, 4, 8], // being created, waiting, buffered
  DELIVERED: [1],
  UNDELIVERED: [2],
  'NOT BILLED': [16],
}

/** The table's key for a `ptt` and a `description`; undefined where there is none. */
export function keyOf(ptt: string, description: string | null): string | undefined {
  const [codes, code] = Number(ptt) === 0 ? [REPORTS, description] : [CODES, ptt]
  return Object.entries(codes).find(
    ([, numbers]) => /^\s*\d+\s*$/.test(code ?? '') && numbers.includes(Number(code)),
  )?.[0]
}
