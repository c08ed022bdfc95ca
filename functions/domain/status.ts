/** The status vocabulary: each normalized status with its rank in a message's life and whether it ends delivery. */
export const STATUSES = {
  unknown: { rank: 0, final: false },
  queued: { rank: 10, final: false },
  sent: { rank: 20, final: false },
  skipped: { rank: 30, final: true },
  rejected: { rank: 30, final: true },
  failed: { rank: 30, final: true },
  undelivered: { rank: 30, final: true },
  expired: { rank: 30, final: true },
  delivered: { rank: 40, final: true },
  read: { rank: 50, final: true },
  clicked: { rank: 60, final: true },
  unsubscribed: { rank: 70, final: true },
  complained: { rank: 80, final: true },
} as const satisfies Record<string, { rank: number; final: boolean }>

/** One word of the vocabulary. */
export type Status = keyof typeof STATUSES

/** One normalized fact about one message at one moment: a row of the ledger. */
export interface StatusRecord {
  provider: string
  /** Which of several accounts with the provider; null for the one without a name. */
  account: string | null
  /** The provider's own id of the message. */
  messageId: string
  /** E.164 number, e-mail address or channel identifier, where the callback has it. */
  recipient: string | null
  /** The part of a message that was sent in several. */
  part: number | null
  /** Lower case: `sms`, `rcs`, `voice_sms`, `email`, `whatsapp`, … */
  channel: string | null
  status: Status
  /** No further delivery status is to be expected; a read or click may still follow. */
  final: boolean
  /** What the provider wrote, untouched. */
  providerStatus: string
  /** The provider's own text for it. */
  description: string | null
  error: { code: string | null; message: string | null } | null
  /** When the provider says that it happened: RFC 3339, UTC, milliseconds. Null where it does not say, or not readably. */
  occurredAt: string | null
  /** When the first callback that reported it arrived: RFC 3339, UTC, milliseconds. */
  receivedAt: string
  /** The provider's own order, else the status's rank. */
  order: number
  campaign: string | null
  /** The sender's own id of the message, where the provider passes it through or our URL has it. */
  reference: string | null
  /** The version of the provider's mapping that wrote the record. */
  normalizer: number
  price: { amount: number; currency: string | null } | null
  /** Everything else in the callback, under the provider's names. */
  details: Record<string, unknown>
}

/** The fields of a status record, in the order in which they are shown. */
export const RECORD_FIELDS = [
  'provider',
  'account',
  'messageId',
  'recipient',
  'part',
  'channel',
  'status',
  'final',
  'providerStatus',
  'description',
  'error',
  'occurredAt',
  'receivedAt',
  'order',
  'campaign',
  'reference',
  'normalizer',
  'price',
  'details',
] as const satisfies (keyof StatusRecord)[]
