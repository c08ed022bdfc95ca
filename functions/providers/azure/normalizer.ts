import * as z from 'zod/mini'
import { type JsonObject, jsonArray } from '../../domain/body/json.ts'
import { type Context, type Fact, type Normalizer, occurrence } from '../../domain/normalizer.ts'
import { optionalWord, readEach, textOf, word } from '../../domain/payload.ts'
import { STATUSES } from './statuses.ts'

const data = z.looseObject({
  messageId: word,
  to: optionalWord, // of an SMS and of WhatsApp
  recipient: optionalWord, // of an e-mail
  deliveryStatus: optionalWord, // of an SMS
  status: optionalWord,
  engagementType: optionalWord,
  receivedTimestamp: optionalWord, // of an SMS and of WhatsApp
  deliveryAttemptTimeStamp: optionalWord, // of an e-mail
  userActionTimeStamp: optionalWord, // of an engagement
  deliveryStatusDetails: z.optional(z.unknown()), // a text of an SMS, an object of an e-mail
  tag: optionalWord,
})

/** Documents of different years write these in different cases. */
const NAMES = new Map(Object.keys(data.shape).map((name) => [name.toLowerCase(), name]))

/** Of Event Grid's schema `eventType` and `eventTime`, of CloudEvents' `type` and `time`. */
const event = z.looseObject({
  eventType: optionalWord,
  type: optionalWord,
  eventTime: optionalWord,
  time: optionalWord,
  data,
})

type Event = z.infer<typeof event>

const OPTIONAL = new Set([...Object.keys(data.shape), ...Object.keys(event.shape)])

/** When it happened; the last two, when Event Grid was given the event. */
const TIMES = ['receivedTimestamp', 'deliveryAttemptTimeStamp', 'userActionTimeStamp', 'eventTime', 'time'] as const

/** The mapping of https://learn.microsoft.com/azure/event-grid/communication-services-telephony-sms-events and its siblings. */
export const normalizer: Normalizer<unknown[]> = {
  version: 1,
  body: jsonArray,
  statuses: STATUSES,

  wordOf({ providerStatus, error }) {
    const withCode = `${providerStatus.trim()} ${error?.code}`.toUpperCase()
    return Object.hasOwn(STATUSES, withCode) ? withCode : providerStatus
  },

  facts(entries, context) {
    const events = entries.map((entry) => eventIn(entry, context))
    return readEach(event, events, '', context.problems).flatMap(({ entry, path }) => factOf(entry, path, context))
  },
}

/** The event with the known names of its data; undefined where it is no status of a message. */
function eventIn(entry: unknown, { ignored }: Context): unknown {
  const { data, ...envelope }: JsonObject = Object(entry)
  const kind = kindOf(textOf(envelope.eventType ?? envelope.type) ?? '')
  if (kind === undefined) return { ...envelope, data: isObject(data) ? withKnownNames(data) : data }
  ignored.push(kind)
  return undefined
}

function kindOf(type: string): string | undefined {
  if (type.startsWith('Microsoft.EventGrid.')) return 'subscription'
  if (/^Microsoft\.Communication\.(SMS|AdvancedMessage)Received$/i.test(type)) return 'inbound_message'
  return type === '' || /(Report|Status)\w*$/.test(type) ? undefined : 'other_event'
}

function withKnownNames(data: JsonObject): JsonObject {
  const named = Object.entries(data).map(([name, value]) => {
    const known = NAMES.get(name.toLowerCase())
    return [known === undefined || known in data ? name : known, value]
  })
  return Object.fromEntries(named)
}

function factOf({ data, ...envelope }: Event, path: string, { problems, timeZone }: Context): Fact | [] {
  const { messageId, to, recipient, deliveryStatus, status, engagementType, ...reported } = data
  const providerStatus = deliveryStatus ?? status ?? engagementType
  if (providerStatus === null) {
    problems.push(`${path}.data.status: expected text`)
    return []
  }
  const times = { ...reported, ...envelope }
  const timeName = TIMES.find((name) => times[name] !== null) ?? 'time'
  const { occurredAt, raw } = occurrence(timeName, times[timeName] ?? '', timeZone)
  const { deliveryStatusDetails, ...details } = withoutUnset({ ...envelope, ...reported })
  const { [timeName]: _, ...others } = details
  return {
    messageId,
    recipient: to ?? recipient,
    channel: textOf(details.channelType ?? details.channelKind) ?? channelOf(envelope),
    providerStatus,
    ...reasonOf(deliveryStatusDetails, details.error, providerStatus),
    occurredAt,
    reference: reported.tag,
    details: { ...others, ...(isObject(deliveryStatusDetails) && { deliveryStatusDetails }), ...raw },
    path,
  }
}

const channelOf = ({ eventType, type }: Omit<Event, 'data'>): string | null =>
  /\.(SMS|Email)/i.exec(String(eventType ?? type))?.[1] ?? null

/** What an SMS (as a text), an e-mail (as an object) and WhatsApp say of a status. */
function reasonOf(statusDetails: unknown, error: unknown, status: string): Pick<Fact, 'description' | 'error'> {
  const { channelCode, channelMessage }: JsonObject = Object(error)
  const { statusMessage }: JsonObject = Object(statusDetails)
  const description = textOf(statusDetails) ?? textOf(statusMessage) ?? textOf(channelMessage)
  const code = textOf(channelCode) ?? /(?<!\d)\d{4}(?!\d)/.exec(textOf(statusDetails) ?? '')?.[0] ?? null
  const isError = !/^\s*(sent|expanded|delivered|read|view|click)\s*$/i.test(status) && (code ?? description) !== null
  return { description, error: isError ? { code, message: description } : null }
}

const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Without the members that only the schema names. */
const withoutUnset = (members: JsonObject): JsonObject =>
  Object.fromEntries(Object.entries(members).filter(([name, value]) => value !== null || !OPTIONAL.has(name)))
