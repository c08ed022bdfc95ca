import type { StatusRecord } from '../functions/domain/status.ts'
import type { Word } from './contract.ts'
import type { Random } from './random.ts'
import { NEXT_EVENT } from './upgrade.ts'

/** What the ledger must hold of a fact, except what only the system knows (`receivedAt`) or a mapping decides. */
export interface ExpectedRecord extends Omit<StatusRecord, 'receivedAt' | 'normalizer' | 'status' | 'final' | 'order'> {
  /** What its word means before and after the upgrade. */
  means: readonly [Word, Word]
  /** The provider's own order. */
  providerOrder: number | null
}

/** The outcome that a callback must have; `released`: quarantined before the upgrade, stored after it or by a replay. */
export type Fate = 'stored' | 'quarantined' | 'released' | 'ignored' | 'refused'

/** One callback that a provider wants to deliver, before it is signed. */
export interface Attempt {
  provider: string
  method: string
  target: string
  contentType: string
  body: string
  /** How it proves itself; a forged one has no key, a guess, the first half of the right one, or that of another provider. */
  proof: 'right' | 'missing' | 'wrong' | 'half' | 'foreign'
  fates: readonly Fate[]
  /** The clock of its provider is wrong by hours. */
  isSkewed: boolean
  /** It is a fixture of its provider, and signed by the provider's own scheme. */
  isExample: boolean
  /** The records in it; where it is refused, none of them may be kept. */
  expected: ExpectedRecord[]
}

/** The callbacks of one message's life, in the order in which its provider sends them. */
export type Life = Attempt[]

const base = (
  provider: string,
  messageId: string,
  means: Word | [Word, Word],
  providerStatus: string,
): ExpectedRecord => ({
  provider,
  account: null,
  messageId,
  recipient: null,
  part: null,
  channel: null,
  means: typeof means === 'string' ? [means, means] : means,
  providerOrder: null,
  providerStatus,
  description: null,
  error: null,
  occurredAt: null,
  campaign: null,
  reference: null,
  price: null,
  details: {},
})

const attempt = (
  provider: string,
  target: string,
  payload: object,
  expected: ExpectedRecord[],
  fates: readonly Fate[] = ['stored'],
): Attempt => ({
  provider,
  method: 'POST',
  target,
  contentType: 'application/json',
  body: JSON.stringify(payload),
  proof: 'right',
  fates,
  isSkewed: false,
  isExample: false,
  expected,
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
    // All in one moment: only the order of the provider says which came first.
    const isFast = random.chance(0.3)
    const isNext = random.chance(0.05)
    const steps = ['DISPATCHED', 'SENT', end, ...(end === 'DELIVERED' ? (['READ'] as const) : [])] as const
    return steps.map((status, index) => {
      const at = start + index * (isFast ? 0 : random.integer(0, 90_000))
      const details = { event: 'DISPATCH_STATUS', module: 'DISPATCH_API', messageTotalParts: parts }
      const statusOrder = index + 1
      const payload = {
        ...details,
        ...(isNext && { event: NEXT_EVENT }),
        dispatchId: `d-${serial}`,
        messageId,
        messagePart,
        channel: 'WHATSAPP',
        channelIdentifier: recipient,
        status,
        statusOrder,
        statusDate: iso(at),
      }
      const expected = {
        recipient,
        part: messagePart,
        channel: 'whatsapp',
        occurredAt: iso(at),
        providerOrder: statusOrder,
        campaign: `d-${serial}`,
        details,
      }
      return attempt(
        'nifteem',
        '/webhooks/nifteem',
        payload,
        [{ ...base('nifteem', messageId, words[status], status), ...expected }],
        [isNext ? 'released' : 'stored'],
      )
    })
  })
}

/** RCS is tried first, then SMS; each callback reports all attempts so far, or the last one alone. */
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
    const expected = {
      ...base('telesign', messageId, status, String(code)),
      reference: `e-${serial}`,
      channel,
      description,
      occurredAt: iso(at),
      details,
    }
    return { channel, entry, expected, reference_id: `${serial}${index}` }
  })
  const isOnce = random.chance(0.5)
  return moments.map(({ channel, entry }, index) => {
    const reported = moments.slice(isOnce ? index : 0, index + 1)
    const channel_status = reported.map((moment) => ({
      [moment.channel]: { ...moment.entry, reference_id: moment.reference_id },
    }))
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
      reported.map(({ expected }) => expected),
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
  const words: Record<string, Word | [Word, Word]> = {
    PROCESSED: 'queued',
    ACK: ['sent', 'queued'],
    HANDED_OVER: ['unknown', 'sent'],
    ...ends,
  }
  const [message_id, number, list_name] = [`id-${serial}`, `+336${random.digits(8)}`, `list ${serial}`]
  const reply = {
    ...attempt('octopush', '/webhooks/octopush', { message_id, number, text: 'STOP', stop_date: inParis(start) }, []),
    fates: ['ignored'] as const,
  }
  const steps = ['PROCESSED', random.pick(['ACK', 'HANDED_OVER']), random.pick(Object.keys(ends))]
  const reports = steps.map((status, index) => {
    const at = start + index * random.integer(0, 90) * 1_000
    const details = { meta_data: { order: serial }, delivery_date: inParis(at) }
    const payload = { channel: 'sms', message_id, list_name, number, status, unit_price: 0.05, ...details }
    const expected = {
      recipient: number,
      channel: 'sms',
      occurredAt: iso(at),
      campaign: list_name,
      price: { amount: 0.05, currency: null },
      details,
    }
    return attempt('octopush', '/webhooks/octopush', payload, [
      { ...base('octopush', message_id, words[status] as Word, status), ...expected },
    ])
  })
  return random.chance(0.1) ? [...reports, reply] : reports
}

/** A list of recipients, each with its history or without; here and there an entry without an address. */
function octopushEmail(serial: string, start: number, random: Random): Life {
  return emailLife(serial, start, random, random.integer(1, 12), random.chance(0.5))
}

/** More than a partition takes in a second: 160 recipients, each with rows of 8 write units, each fact reported once. */
export const campaign = (serial: string, start: number, random: Random): Life =>
  emailLife(serial, start, random, 160, true, { note: 'n'.repeat(7_500) }).slice(0, 1)

function emailLife(
  serial: string,
  start: number,
  random: Random,
  size: number,
  isOnce: boolean,
  common: Record<string, unknown> = {},
): Life {
  const words = {
    PROCESSED: 'queued',
    ISP_SEND: 'sent',
    DELIVERED: 'delivered',
    OPENED: 'read',
    CLICKED: 'clicked',
  } as const
  const [message_id, list_name] = [`id-${serial}`, `list ${serial}`]
  const people = Array.from({ length: size }, (_, index) => ({
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
        ...(!isOnce && { status_history: history.slice(0, -1) }),
      }
    })
    const expected = people
      .filter(({ isBroken }) => !isBroken)
      .flatMap(({ email, at }) =>
        moments(at)
          .slice(isOnce ? -1 : 0)
          .map(({ status, at }) => ({
            ...base('octopush', message_id, words[status], status),
            recipient: email,
            channel: 'email',
            occurredAt: iso(at),
            campaign: list_name,
            price: { amount: 0.01, currency: null },
            details: { ...common, delivery_date: inParis(at) },
          })),
      )
    const fates: Fate[] = [
      ...(expected.length > 0 ? (['stored'] as const) : []),
      ...(people.some(({ isBroken }) => isBroken) ? (['quarantined'] as const) : []),
    ]
    return attempt(
      'octopush',
      '/webhooks/octopush',
      { channel: 'email', message_id, list_name, ...common, deliveries },
      expected,
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
