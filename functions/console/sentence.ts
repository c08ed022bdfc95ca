import type { Delivery } from '../domain/delivery.ts'
import { kindOf } from '../domain/standing.ts'
import { STATUSES, type Status, type StatusRecord } from '../domain/status.ts'
import { cut } from './cut.ts'
import { spanOf } from './moment.ts'

/** What a message is, and what a channel did, at each status. */
const PHRASES: Record<Status, { is: string; did: string }> = {
  unknown: { is: 'Unknown', did: 'reported an unknown status' },
  queued: { is: 'Queued', did: 'queued it' },
  sent: { is: 'Sent', did: 'sent it' },
  skipped: { is: 'Skipped', did: 'skipped it' },
  rejected: { is: 'Rejected', did: 'rejected it' },
  failed: { is: 'Failed', did: 'failed' },
  undelivered: { is: 'Not delivered', did: 'did not deliver it' },
  expired: { is: 'Timed out', did: 'timed out' },
  delivered: { is: 'Delivered', did: 'delivered it' },
  read: { is: 'Read', did: 'had it read' },
  clicked: { is: 'Clicked', did: 'had it clicked' },
  unsubscribed: { is: 'Unsubscribed', did: 'lost the recipient' },
  complained: { is: 'Reported as spam', did: 'had it reported as spam' },
}

const CHANNELS: Record<string, string> = {
  email: 'e-mail',
  voice: 'voice',
  push: 'push',
  voice_sms: 'voice SMS',
  whatsapp: 'WhatsApp',
  viber: 'Viber',
  telegram: 'Telegram',
  messenger: 'Messenger',
  instagram: 'Instagram',
  line: 'LINE',
  apple: 'Apple',
}

/** Characters of a channel that is none of these. */
const MAX_CHANNEL = 20

/** A channel's name as people write it. */
export const channelName = (channel: string): string => CHANNELS[channel] ?? cut(channel.toUpperCase(), MAX_CHANNEL)

/** Where a message stands, in words: `Delivered by SMS 2 min 7 s after RCS timed out`. */
export function sentenceOf(deliveries: readonly Delivery[]): string {
  const [delivery, ...others] = deliveries
  if (delivery === undefined) return 'Nothing is known'
  return others.length === 0 ? sentenceOfOne(delivery) : summaryOf(deliveries)
}

function sentenceOfOne(delivery: Delivery): string {
  const { channel, status, final } = delivery
  const by = channel === null ? '' : ` by ${channelName(channel)}`
  const pending = final || status === 'unknown' ? '' : ', nothing final yet'
  return `${PHRASES[status].is}${by}${since(delivery)}${pending}`
}

/** What it comes after: the channel that failed before, else the first status. */
function since({ channel, status, statusAt, history }: Delivery): string {
  const earlier = history.filter((record) => timeOf(record) <= Date.parse(statusAt))
  const fallback = earlier.findLast((record) => record.channel !== channel && kindOf(record.status) === 'failure')
  const before = fallback ?? earlier[0]
  if (before === undefined || before.status === status) return ''
  const gap = Date.parse(statusAt) - timeOf(before)
  const when = gap < 1_000 ? ' right' : ` ${spanOf(gap)}`
  const what =
    fallback?.channel != null
      ? `${channelName(fallback.channel)} ${PHRASES[fallback.status].did}`
      : `it was ${PHRASES[before.status].is.toLowerCase()}`
  return `${when} after ${what}`
}

/** How many stand where, those that got furthest first. */
function summaryOf(deliveries: readonly Delivery[]): string {
  const groups = [...Map.groupBy(deliveries, ({ status }) => status)].sort(
    ([one], [other]) => STATUSES[other].rank - STATUSES[one].rank,
  )
  const counts = groups.map(([status, { length }]) => `${length} ${PHRASES[status].is.toLowerCase()}`)
  const isOfOne = new Set(deliveries.map(({ recipient }) => recipient)).size === 1
  return `Of ${deliveries.length} ${isOfOne ? 'parts' : 'deliveries'}: ${counts.join(', ')}`
}

/** When it happened: as the provider says, else when we received it; milliseconds since 1970. */
export const timeOf = ({ occurredAt, receivedAt }: StatusRecord): number => Date.parse(occurredAt ?? receivedAt)
