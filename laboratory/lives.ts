import { STATUSES, type Status, type StatusRecord } from '../functions/domain/status.ts'
import type { Random } from './random.ts'

/** What the ledger must hold, but for what only the system knows (`receivedAt`) or decides (`normalizer`). */
export type Told = Omit<StatusRecord, 'receivedAt' | 'normalizer'>

/** What must become of a callback. */
export type Fate = 'stored' | 'quarantined' | 'ignored' | 'refused'

/** One callback that a provider wants to deliver, before it is signed. */
export interface Attempt {
  provider: string
  target: string
  body: string
  /** How it proves itself; a stranger has no key, a guess, or the first half of the right one. */
  proof: 'right' | 'missing' | 'wrong' | 'half'
  fates: readonly Fate[]
  /** Its provider's clock runs wrong by hours. */
  isSkewed: boolean
  /** What it tells; also where it is refused, and then must not be kept. */
  told: Told[]
}

/** The callbacks of one message's life, in the order in which its provider sends them. */
export type Life = Attempt[]

const base = (provider: string, messageId: string, status: Status, providerStatus: string): Told => ({
  provider,
  messageId,
  recipient: null,
  part: null,
  channel: null,
  status,
  final: STATUSES[status].final,
  providerStatus,
  description: null,
  error: null,
  occurredAt: null,
  order: STATUSES[status].rank,
  campaign: null,
  reference: null,
  price: null,
  details: {},
})

const attempt = (
  provider: string,
  target: string,
  payload: object,
  told: Told[],
  fates: readonly Fate[] = ['stored'],
): Attempt => ({
  provider,
  target,
  body: JSON.stringify(payload),
  proof: 'right',
  fates,
  isSkewed: false,
  told,
})

const iso = (time: number) => new Date(time).toISOString()

function avaamo(serial: string, _: number, random: Random): Life {
  const id = `id-${serial}`
  const ends = ['delivered', 'failed', 'undelivered', 'skipped'] as const
  const target = `/${random.pick(['custom', 'custom_channel'])}/v1/broadcast/messages/${id}/status`
  return (['sent', random.pick(ends)] as const).map((status) => {
    const isBad = status !== 'sent' && status !== 'delivered'
    const error = isBad ? { code: null, message: 'no such handset' } : null
    const details = { campaign: `for ${id}` }
    const payload = { status, ...(isBad && { error_message: 'no such handset' }), ...details }
    return attempt('avaamo', target, payload, [{ ...base('avaamo', id, status, status), error, details }])
  })
}

function nifteem(serial: string, start: number, random: Random): Life {
  const ends = { DELIVERED: 'delivered', FAILED: 'failed', NOSENT: 'skipped' } as const
  const words = { DISPATCHED: 'queued', SENT: 'sent', ...ends, READ: 'read' } as const
  const parts = random.integer(1, 3)
  const messageId = `id-${serial}`
  const recipient = `+336${random.digits(8)}`
  return Array.from({ length: parts }, (_, index) => index + 1).flatMap((messagePart) => {
    const end = random.pick(Object.keys(ends) as (keyof typeof ends)[])
    const steps = ['DISPATCHED', 'SENT', end, ...(end === 'DELIVERED' ? (['READ'] as const) : [])] as const
    return steps.map((status, index) => {
      const at = start + index * random.integer(0, 90_000)
      const details = { event: 'DISPATCH_STATUS', module: 'DISPATCH_API', messageTotalParts: parts }
      const statusOrder = index + 1
      const payload = {
        ...details,
        dispatchId: `d-${serial}`,
        messageId,
        messagePart,
        channel: 'WHATSAPP',
        channelIdentifier: recipient,
        status,
        statusOrder,
        statusDate: iso(at),
      }
      const told = {
        recipient,
        part: messagePart,
        channel: 'whatsapp',
        occurredAt: iso(at),
        order: statusOrder,
        campaign: `d-${serial}`,
        details,
      }
      return attempt('nifteem', '/webhooks/nifteem', payload, [
        { ...base('nifteem', messageId, words[status], status), ...told },
      ])
    })
  })
}

/** RCS is tried first, then SMS; each callback tells all attempts so far. */
function telesign(serial: string, start: number, random: Random): Life {
  const messageId = `id-${serial}`
  const steps = [
    {
      channel: 'rcs',
      code: 3056,
      status: 'expired',
      description: 'Message failed to deliver in specified fallback time',
    },
    random.pick([
      { channel: 'sms', code: 3000, status: 'delivered', description: 'Delivered' },
      { channel: 'sms', code: 207, status: 'undelivered', description: 'Error delivering SMS to handset' },
    ] as const),
  ] as const
  const moments = steps.map(({ channel, code, status, description }, index) => {
    const at = start + index * random.integer(1_000, 90_000) + random.integer(1, 999)
    const entry = { code, description, updated_on: iso(at).replace('T', ' ').replace('Z', '') }
    const details = { external_id: `e-${serial}`, channel_reference_id: `${serial}${index}` }
    const told = {
      ...base('telesign', messageId, status, String(code)),
      channel,
      description,
      occurredAt: iso(at),
      details,
    }
    return { channel, entry, told, reference_id: `${serial}${index}` }
  })
  return moments.map(({ channel, entry }, index) => {
    const channel_status = moments
      .slice(0, index + 1)
      .map((moment) => ({ [moment.channel]: { ...moment.entry, reference_id: moment.reference_id } }))
    const payload = {
      reference_id: messageId,
      external_id: `e-${serial}`,
      status: { ...entry, last_channel: channel },
      channel_status,
    }
    return attempt(
      'telesign',
      '/webhooks/telesign',
      payload,
      moments.slice(0, index + 1).map(({ told }) => told),
    )
  })
}

/** Local time in Paris, where no summer time is near. */
const inParis = (time: number) =>
  iso(time + 3_600_000)
    .slice(0, 19)
    .replace('T', ' ')

function octopushSms(serial: string, start: number, random: Random): Life {
  const ends = {
    DELIVERED: 'delivered',
    NOT_DELIVERED: 'undelivered',
    BLACKLISTED_NUMBER: 'rejected',
    EXPIRED: 'expired',
  } as const
  const words = { PROCESSED: 'queued', ACK: 'sent', ...ends } as const
  const [message_id, number, list_name] = [`id-${serial}`, `+336${random.digits(8)}`, `list ${serial}`]
  const reply = {
    ...attempt('octopush', '/webhooks/octopush', { message_id, number, text: 'STOP', stop_date: inParis(start) }, []),
    fates: ['ignored'] as const,
  }
  const steps = ['PROCESSED', 'ACK', random.pick(Object.keys(ends) as (keyof typeof ends)[])] as const
  const reports = steps.map((status, index) => {
    const at = start + index * random.integer(0, 90) * 1_000
    const details = { meta_data: { order: serial }, delivery_date: inParis(at) }
    const payload = { channel: 'sms', message_id, list_name, number, status, unit_price: 0.05, ...details }
    const told = {
      recipient: number,
      channel: 'sms',
      occurredAt: iso(at),
      campaign: list_name,
      price: { amount: 0.05, currency: null },
      details,
    }
    return attempt('octopush', '/webhooks/octopush', payload, [
      { ...base('octopush', message_id, words[status], status), ...told },
    ])
  })
  return random.chance(0.1) ? [...reports, reply] : reports
}

/** A list of recipients, each with its history; here and there an entry that forgot its address. */
function octopushEmail(serial: string, start: number, random: Random): Life {
  const words = {
    PROCESSED: 'queued',
    ISP_SEND: 'sent',
    DELIVERED: 'delivered',
    OPENED: 'read',
    CLICKED: 'clicked',
  } as const
  const [message_id, list_name] = [`id-${serial}`, `list ${serial}`]
  const people = Array.from({ length: random.integer(1, 12) }, (_, index) => ({
    email: `person${index}.${serial}@example.com`,
    at: Object.keys(words).map((_, step) => start + step * 1_000 * random.integer(1, 60)),
    isBroken: random.chance(0.02),
  }))
  return Object.keys(words).map((_, step) => {
    const moments = (at: number[]) =>
      Object.keys(words)
        .slice(0, step + 1)
        .map((status, index) => ({ status: status as keyof typeof words, at: at[index] as number }))
    const deliveries = people.map(({ email, at, isBroken }) => {
      const past = moments(at)
      const history = past.map(({ status, at }) => ({ status, delivery_date: inParis(at) }))
      return {
        ...(isBroken ? {} : { email }),
        unit_price: 0.01,
        ...history[step],
        status_history: history.slice(0, -1),
      }
    })
    const told = people
      .filter(({ isBroken }) => !isBroken)
      .flatMap(({ email, at }) =>
        moments(at).map(({ status, at }) => ({
          ...base('octopush', message_id, words[status], status),
          recipient: email,
          channel: 'email',
          occurredAt: iso(at),
          campaign: list_name,
          price: { amount: 0.01, currency: null },
          details: { delivery_date: inParis(at) },
        })),
      )
    const fates: Fate[] = [
      ...(told.length > 0 ? (['stored'] as const) : []),
      ...(people.some(({ isBroken }) => isBroken) ? (['quarantined'] as const) : []),
    ]
    return attempt(
      'octopush',
      '/webhooks/octopush',
      { channel: 'email', message_id, list_name, deliveries },
      told,
      fates,
    )
  })
}

/** Writes the life of one message of a provider: its serial number, its beginning in milliseconds since 1970. */
export const LIVES: Record<string, (serial: string, start: number, random: Random) => Life> = {
  avaamo,
  nifteem,
  telesign,
  octopushSms,
  octopushEmail,
}
