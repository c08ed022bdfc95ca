import type { Status } from '../../domain/status.ts'

/** https://dev.bandwidth.com/docs/messaging/webhooks */
const WORDS = {
  'MESSAGE-SENDING': 'queued', // on its way to the carrier
  'MESSAGE-DELIVERED': 'delivered',
  'MESSAGE-DELIVERED TO CARRIER': 'sent', // an MMS without delivery receipts
  'MESSAGE-READ': 'read',
  'MESSAGE-FAILED': 'failed',
} as const satisfies Record<string, Status>

/** What a failed message is by its code. https://dev.bandwidth.com/docs/messaging/errors */
const CODES = {
  // Malformed, not routable, media, wrong ids; errors of Bandwidth itself.
  failed: `4301 4302 4303 4350 4401 4405 4406 4408 4409 4410 4411 4412 4420 4435 4451 4452
    5100 5101 5106 5111 5211 5220 5231 5500 5501 5999`,
  expired: '4360 5201',
  // Not allowed, blocked, spam, opted out, above a limit; by Bandwidth (44) or the carrier (47).
  rejected: `4001 4403 4404 4407 4421 4431 4432 4433 4434 4470 4481 4482 4492 4493
    4750 4770 4771 4772 4773 4774 4775 4780 4781 4785 4790 4791 4792 4793 4795`,
  // By the carrier: service, subscriber, number, route, size; failures of its own.
  undelivered: '4700 4701 4702 4711 4712 4720 4721 4730 4740 4751 4752 5600 5610 5620 5630 5650 9999',
  unknown: '9902', // no receipt came in time: it may have arrived
} as const satisfies Partial<Record<Status, string>>

const BY_CODE = Object.entries(CODES).flatMap(([status, codes]) =>
  codes.split(/\s+/).map((code) => [`MESSAGE-FAILED ${code}`, status as keyof typeof CODES] as const),
)

export const STATUSES: Readonly<Record<string, Status>> = { ...WORDS, ...Object.fromEntries(BY_CODE) }
