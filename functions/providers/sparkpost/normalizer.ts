import * as z from 'zod/mini'
import { type JsonObject, jsonArray } from '../../domain/body/json.ts'
import { type Context, type Fact, type Normalizer, occurrence, unixOccurrence } from '../../domain/normalizer.ts'
import { optionalWord, readEach, textOf, word } from '../../domain/payload.ts'
import { STATUSES } from './statuses.ts'

/** Classes of events that are no status of a message, and one event that is of no e-mail. */
const FOREIGN = new Map([
  ['relay_message', 'inbound_message'],
  ['relay_event', 'inbound_message'],
  ['ab_test_event', 'ab_test'],
  ['ingest_event', 'ingest'],
  ['sms_status', 'sms_status'],
])

const event = z.looseObject({
  type: word,
  timestamp: word,
  transmission_id: optionalWord,
  message_id: optionalWord,
  raw_rcpt_to: optionalWord,
  rcpt_to: optionalWord,
  error_code: optionalWord,
  raw_reason: optionalWord,
  reason: optionalWord,
  campaign_id: optionalWord,
})

/** The mapping of https://developers.sparkpost.com/api/webhooks/ */
export const normalizer: Normalizer<unknown[]> = {
  version: 1,
  body: jsonArray,
  statuses: STATUSES,

  wordOf({ providerStatus, details }) {
    const withClass = `${providerStatus.trim()} ${textOf(details.bounce_class)?.trim()}`.toUpperCase()
    return Object.hasOwn(STATUSES, withClass) ? withClass : providerStatus
  },

  facts(entries, context) {
    const events = entries.map((entry) => eventIn(entry, context))
    return readEach(event, events, '', context.problems).flatMap(({ entry, path }) => factOf(entry, path, context))
  },
}

/** The event in an entry, with what stands beside `msys`; undefined where it is none of ours. */
function eventIn(entry: unknown, { ignored }: Context): unknown {
  const { msys, ...beside } = Object(entry)
  if (!isObject(msys)) return null
  const [[name, event] = ['', null]] = Object.entries(msys)
  const kind = name === '' ? 'ping' : (FOREIGN.get(name) ?? FOREIGN.get(textOf(Object(event).type) ?? ''))
  if (kind === undefined) return isObject(event) ? { ...beside, ...event } : null
  ignored.push(kind)
  return undefined
}

function factOf(entry: z.infer<typeof event>, path: string, { problems }: Context): Fact | [] {
  const { type, timestamp, transmission_id, message_id, raw_rcpt_to, rcpt_to, ...reported } = entry
  const { error_code, raw_reason, reason, campaign_id, ...details } = reported
  const messageId = transmission_id ?? message_id
  if (messageId === null) {
    problems.push(`${path}.transmission_id: expected text`)
    return []
  }
  const unix = unixOccurrence('timestamp', timestamp, 'seconds')
  const { occurredAt, raw } = unix.occurredAt === null ? occurrence('timestamp', timestamp, 'UTC') : unix
  const message = raw_reason ?? reason
  return {
    messageId,
    recipient: raw_rcpt_to ?? rcpt_to,
    channel: 'email',
    providerStatus: type,
    error: error_code === null && message === null ? null : { code: error_code, message },
    occurredAt,
    campaign: campaign_id,
    reference: textOf(Object(details.rcpt_meta).reference),
    details: {
      ...details,
      ...raw,
      ...(transmission_id !== null && message_id !== null && { message_id }),
      ...(raw_rcpt_to !== null && rcpt_to !== null && rcpt_to !== raw_rcpt_to && { rcpt_to }),
      ...(raw_reason !== null && reason !== null && reason !== raw_reason && { reason }),
    },
    path,
  }
}

const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
