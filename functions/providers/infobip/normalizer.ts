import * as z from 'zod/mini'
import { type JsonObject, jsonObject } from '../../domain/body/json.ts'
import { type Context, type Fact, type Normalizer, unixOccurrence } from '../../domain/normalizer.ts'
import { optionalAmount, optionalWord, read, readEach, textOf, time, word } from '../../domain/payload.ts'
import { readTimestamp } from '../../domain/timestamp.ts'
import { CODES, STATUSES } from './statuses.ts'

const date = z.nullish(time("yyyy-MM-dd'T'HH:mm:ss.SSSZ"))

const about = { messageId: word, channel: optionalWord, bulkId: optionalWord, callbackData: z.nullish(z.unknown()) }

/** A delivery report, a seen report (without a status), or a message to us (without both). */
const entry = z.looseObject({
  ...about,
  to: optionalWord,
  destination: optionalWord, // in place of `to`, in the Messages API
  status: z.nullish(z.looseObject({ name: word, description: optionalWord })),
  error: z.nullish(z.looseObject({ id: optionalWord, name: optionalWord, description: optionalWord })),
  price: z.nullish(z.looseObject({ pricePerMessage: optionalAmount, currency: optionalWord })),
  doneAt: date,
  sentAt: date,
  seenAt: date,
  receivedAt: date,
})

const batch = z.looseObject({ results: z.array(z.unknown(), { error: 'expected a list of reports' }) })

/** Of clicks and of what else is tracked: one by one. */
const notification = z.looseObject({
  ...about,
  notificationType: word,
  recipient: optionalWord,
  sendDateTime: z.nullish(z.union([z.number(), z.string()], { error: 'expected milliseconds since 1970' })),
})

/** The mapping of https://infobip.com/docs/api/channels/sms/sms-messaging/logs-and-status-reports/receive-outbound-sms-message-report */
export const normalizer: Normalizer<JsonObject> = {
  version: 1,
  body: jsonObject,
  statuses: STATUSES,

  wordOf({ providerStatus, error }) {
    const status = /^\s*UNDELIVERABLE_/i.test(providerStatus) && CODES.get(error?.code ?? '')
    return status ? `${status} by code` : providerStatus
  },

  facts(json, context) {
    if ('notificationType' in json) return [notificationFact(read(notification, json))]
    const { results, ...common } = read(batch, json)
    return readEach(entry, results, 'results', context.problems).flatMap(({ entry, path }) =>
      entryFacts(entry, path, context).map((fact) => ({ ...fact, common, path })),
    )
  },
}

function entryFacts(reported: z.infer<typeof entry>, path: string, { timeZone, ignored, problems }: Context): Fact[] {
  const { messageId, to, destination, channel, bulkId, status, ...details } = reported
  const { error, price, doneAt, sentAt, seenAt, receivedAt, callbackData } = reported
  const happened = status ? (doneAt ?? sentAt) : seenAt
  if (!status && !happened) {
    if (receivedAt) ignored.push('inbound_message')
    else problems.push(`${path}.status: expected an object`)
    return []
  }
  const { name = 'SEEN', description = null, ...ofStatus } = status ?? {}
  const isError = error?.id && error.id !== '0'
  return [
    {
      messageId,
      recipient: to ?? destination,
      channel: channel ?? channelOf(details),
      providerStatus: name,
      description,
      error: isError ? { code: error.id, message: error.description ?? error.name } : null,
      // The texts of all times stay in the details.
      occurredAt: happened ? readTimestamp(happened, timeZone) : null,
      campaign: bulkId,
      reference: textOf(callbackData),
      price: priceOf(price),
      details: { ...details, ...(status && { status: ofStatus }) },
    },
  ]
}

function notificationFact(reported: z.infer<typeof notification>): Fact {
  const { messageId, recipient, channel, bulkId, notificationType, sendDateTime, ...details } = reported
  const { occurredAt, raw } = unixOccurrence('sendDateTime', String(sendDateTime ?? ''), 'milliseconds')
  return {
    messageId,
    recipient,
    channel,
    providerStatus: notificationType,
    occurredAt,
    campaign: bulkId,
    reference: textOf(reported.callbackData),
    details: { ...details, ...(sendDateTime !== undefined && raw) },
  }
}

/** The older reports of SMS and of calls name no channel, but have a member that others do not. */
const channelOf = (details: JsonObject) =>
  details.smsCount !== undefined ? 'sms' : details.voiceCall !== undefined ? 'voice' : null

/** The price of each part of a message, as Infobip reports it. */
const priceOf = (price: z.infer<typeof entry>['price']) =>
  typeof price?.pricePerMessage === 'number' || typeof price?.pricePerMessage === 'string'
    ? { amount: Number(price.pricePerMessage), currency: price.currency }
    : null
