import * as z from 'zod/mini'
import { jsonArray } from '../../domain/body/json.ts'
import { type Context, type Fact, type Normalizer, occurrence } from '../../domain/normalizer.ts'
import { optionalWord, readEach, time, word } from '../../domain/payload.ts'
import { STATUSES } from './statuses.ts'

const event = z.looseObject({
  type: word,
  time: time('RFC 3339'),
  to: optionalWord,
  description: optionalWord,
  errorCode: optionalWord,
  message: z.looseObject({
    id: word,
    to: z.nullish(z.array(z.string())),
    media: z.nullish(z.array(z.unknown())),
    tag: optionalWord,
    channel: optionalWord,
  }),
})

/** Messages and answers to us. */
const INBOUND = ['message-received', 'suggestion-response', 'location-response']

/** The mapping of https://dev.bandwidth.com/docs/messaging/webhooks */
export const normalizer: Normalizer<unknown[]> = {
  version: 1,
  body: jsonArray,
  statuses: STATUSES,

  wordOf({ providerStatus, error, details }) {
    const isToCarrier = /delivered to carrier/i.test(`${details.description}`)
    const withMore = `${providerStatus.trim()} ${isToCarrier ? 'to carrier' : error?.code}`.toUpperCase()
    return Object.hasOwn(STATUSES, withMore) ? withMore : providerStatus
  },

  facts(entries, context) {
    const events = entries.map((entry) => (isInbound(entry, context) ? undefined : entry))
    return readEach(event, events, '', context.problems).map(({ entry, path }) => factOf(entry, path, context))
  },
}

function isInbound(entry: unknown, { ignored }: Context): boolean {
  const { type, message } = Object(entry)
  const isInbound = INBOUND.includes(type) || Object(message).direction === 'in'
  if (isInbound) ignored.push('inbound_message')
  return isInbound
}

function factOf(entry: z.infer<typeof event>, path: string, { timeZone }: Context): Fact {
  const { type, time, to, description, errorCode, message, ...rest } = entry
  const { id, tag, channel, ...ofMessage } = message
  const { occurredAt, raw } = occurrence('time', time, timeZone)
  const recipients = message.to ?? []
  const isMms = (message.media ?? []).length > 0 || recipients.length > 1
  return {
    messageId: id,
    recipient: to ?? (recipients.length === 1 ? (recipients[0] ?? null) : null),
    channel: channel ?? (isMms ? 'mms' : 'sms'),
    providerStatus: type,
    description,
    error: errorCode === null ? null : { code: errorCode, message: description },
    occurredAt,
    reference: tag,
    details: {
      ...rest,
      ...raw,
      // Says of an MMS whether only the carrier has it.
      ...(description !== null && { description }),
      message: { ...ofMessage, ...(tag !== null && { tag }), ...(channel !== null && { channel }) },
    },
    path,
  }
}
