import { createHash } from 'node:crypto'
import { tzOffset } from '@date-fns/tz/tzOffset'

// What a careful developer writes by hand from Octopush's page: JSON.parse, typeof, a table, the date library's offset.
// It gives the fields of our records, each with a key, for e-mail only; it stops at the first thing that is not as
// documented.
// https://api.octopush.com/callbacks-statuses

const STATUSES = new Map([
  ['PROCESSED', { status: 'queued', rank: 10, final: false }],
  ['TRANSMITTED', { status: 'queued', rank: 10, final: false }],
  ['DELIVERED', { status: 'delivered', rank: 40, final: true }],
  ['OPENED', { status: 'read', rank: 50, final: true }],
  ['CLICKED', { status: 'clicked', rank: 60, final: true }],
  ['UNSUBSCRIBED', { status: 'unsubscribed', rank: 70, final: true }],
  ['SPAM_REPORT', { status: 'complained', rank: 80, final: true }],
  ['HARD_BOUNCE', { status: 'undelivered', rank: 30, final: true }],
  ['SOFT_BOUNCE', { status: 'undelivered', rank: 30, final: true }],
  ['DOMAIN_ERROR', { status: 'undelivered', rank: 30, final: true }],
])

const UNKNOWN = { status: 'unknown', rank: 0, final: false }

interface Callback {
  provider: string
  receivedAt: string
  body: string
}

export function recordsOf({ provider, receivedAt, body }: Callback) {
  const { channel, message_id, list_name, deliveries, ...common } = JSON.parse(body)
  if (typeof message_id !== 'string' || message_id === '') throw new Error('expected a message_id')
  if (!Array.isArray(deliveries)) throw new Error('expected deliveries')
  return deliveries.flatMap(({ email, status_history, ...current }) => {
    if (typeof email !== 'string' || email === '') throw new Error('expected an email')
    const history = Array.isArray(status_history) ? status_history : []
    return [current, ...history.map((past) => ({ ...current, ...past }))].map(
      ({ status: providerStatus, unit_price, delivery_date, ...rest }) => {
        if (typeof providerStatus !== 'string') throw new Error('expected a status')
        if (typeof delivery_date !== 'string') throw new Error('expected a delivery_date')
        const { status, rank, final } = STATUSES.get(providerStatus.toUpperCase()) ?? UNKNOWN
        const record = {
          provider,
          messageId: message_id,
          recipient: email,
          part: null,
          channel: typeof channel === 'string' ? channel.toLowerCase() : null,
          status,
          final,
          providerStatus,
          description: null,
          error: null,
          occurredAt: utcOf(delivery_date),
          receivedAt,
          order: rank,
          campaign: typeof list_name === 'string' ? list_name : null,
          reference: null,
          normalizer: 1,
          price: typeof unit_price === 'number' ? { amount: unit_price, currency: null } : null,
          details: { ...common, ...rest, delivery_date },
        }
        return { key: keyOf(record), record }
      },
    )
  })
}

function keyOf({
  provider,
  messageId,
  recipient,
  occurredAt,
  providerStatus,
  price,
  details,
}: Record<string, unknown>) {
  const digest = createHash('sha256')
    .update(JSON.stringify([price, details]))
    .digest('base64url')
  return { pk: `${provider}#${messageId}`, sk: `${recipient}#${occurredAt}#${providerStatus}#${digest}` }
}

const offsets = new Map<string, number>()

/** Zones change their offset on the hour at most: each hour's is worked out once. */
function utcOf(text: string): string {
  const time = Date.parse(`${text.replace(' ', 'T')}Z`)
  if (Number.isNaN(time)) throw new Error('expected yyyy-MM-dd HH:mm:ss')
  const hour = text.slice(0, 13)
  const offset = offsets.get(hour) ?? offsetAt(time)
  offsets.set(hour, offset)
  return new Date(time - offset).toISOString()
}

function offsetAt(time: number): number {
  const offset = (at: number) => tzOffset('Europe/Paris', new Date(at)) * 60_000
  return offset(time - offset(time))
}
