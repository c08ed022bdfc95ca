import * as z from 'zod/mini'
import { jsonOrFormOrQuery } from '../../domain/body/form.ts'
import type { JsonObject } from '../../domain/body/json.ts'
import { type Context, type Fact, type Normalizer, unixOccurrence } from '../../domain/normalizer.ts'
import { Malformed, optionalWord, read, readEach, word } from '../../domain/payload.ts'
import { STATUSES } from './statuses.ts'

const callback = z.looseObject({
  messageId: word,
  timestamp: optionalWord,
  clientMessageId: optionalWord,
  to: optionalWord,
  channel: optionalWord,
  statusCode: optionalWord,
  statusDescription: optionalWord,
})

/** A callback of the REST and HTTP APIs: its code is what counts. */
const single = z.extend(callback, { status: optionalWord })

/** An entry of the One API: its word is what counts, since the same codes have other meanings. */
const update = z.extend(callback, { status: word })

const batch = z.looseObject({ event: z.looseObject({ messageStatusUpdate: z.nullish(z.array(z.unknown())) }) })

/** Codes of the REST and HTTP APIs that are no failure; of the One API those below `FIRST_ERROR`. */
const NO_ERROR = [1, 2, 3, 4, 8, 11]
const FIRST_ERROR = 20

/** The mapping of https://docs.clickatell.com/channels/one-api/one-api-reference/ and of the status callbacks of its older APIs. */
export const normalizer: Normalizer<JsonObject> = {
  version: 1,
  body: jsonOrFormOrQuery,
  statuses: STATUSES,

  /** Codes come with leading zeros too. */
  wordOf: ({ providerStatus }) => providerStatus.replace(/^\s*0+(?=\d+\s*$)/, ''),

  /** A message to us, of the REST and HTTP APIs. */
  ignores: ({ statusCode, status, fromNumber, text }) =>
    statusCode === undefined && status === undefined && (fromNumber !== undefined || text !== undefined)
      ? 'inbound_message'
      : undefined,

  facts: (json, context) => ('event' in json ? updatesIn(json, context) : [singleIn(json)]),
}

function singleIn(json: JsonObject): Fact {
  const { status, ...reported } = read(single, json)
  const { statusCode } = reported
  const providerStatus = statusCode ?? status
  if (providerStatus === null) throw new Malformed(['statusCode: expected text'])
  const isError = statusCode !== null && !NO_ERROR.includes(Number(statusCode))
  const { details, ...fact } = factOf(reported, isError)
  const kept = statusCode !== null && status !== null ? { status } : {}
  return { channel: 'sms', ...fact, providerStatus, details: { ...details, ...kept } }
}

/** Each entry of a list of updates; other lists, such as `moText`, hold messages to us. */
function updatesIn(json: JsonObject, { problems, ignored }: Context): Fact[] {
  const { event, ...common } = read(batch, json)
  const { messageStatusUpdate, ...others } = event
  for (const name of Object.keys(others)) ignored.push(name.startsWith('mo') ? 'inbound_message' : 'other_event')
  return readEach(update, messageStatusUpdate ?? [], 'event.messageStatusUpdate', problems).map(({ entry, path }) => {
    const { status, ...reported } = entry
    const { statusCode } = reported
    const { details, ...fact } = factOf(reported, Number(statusCode) >= FIRST_ERROR)
    const kept = statusCode === null ? {} : { statusCode }
    return { ...fact, providerStatus: status, details: { ...details, ...kept }, common, path }
  })
}

function factOf(reported: z.infer<typeof callback>, isError: boolean) {
  const { messageId, timestamp, clientMessageId, to, channel, statusCode, statusDescription, ...details } = reported
  const { occurredAt, raw } = unixOccurrence('timestamp', timestamp ?? '', 'milliseconds')
  return {
    messageId,
    recipient: to,
    ...(channel !== null && { channel }),
    description: statusDescription,
    error: isError ? { code: statusCode, message: statusDescription } : null,
    occurredAt,
    reference: clientMessageId,
    details: {
      ...details,
      ...(timestamp !== null && raw),
      ...(clientMessageId !== null && { clientMessageId }),
    },
  }
}
