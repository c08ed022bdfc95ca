import * as z from 'zod/mini'
import { type JsonObject, jsonObject } from '../../domain/body/json.ts'
import type { Context, Fact, Normalizer } from '../../domain/normalizer.ts'
import { optionalWord, read, readEach, time, word } from '../../domain/payload.ts'
import type { Status } from '../../domain/status.ts'
import { readTimestamp } from '../../domain/timestamp.ts'

/** https://developers.cm.com/messaging/docs/incoming-status-report */
const STATUSES = {
  0: 'sent', // accepted by the operator
  1: 'rejected', // by CM or by the operator
  2: 'delivered',
  3: 'undelivered', // failed
  4: 'read',
} as const satisfies Record<string, Status>

const payload = z.looseObject({
  messages: z.looseObject({
    msg: z.union([z.looseObject({}), z.array(z.unknown())], { error: 'expected a report or a list of them' }),
  }),
})

const report = z.looseObject({
  reference: word, // of the sender's own: there is no other id
  to: optionalWord,
  received: z.nullish(time('yyyy-MM-ddTHH:mm:ss')),
  status: z.looseObject({ code: word, errorCode: optionalWord, errorDescription: optionalWord }),
  channel: optionalWord,
})

/** The mapping of CM.com's status reports. */
export const normalizer: Normalizer<JsonObject> = {
  version: 1,
  body: jsonObject,
  statuses: STATUSES,

  /** Messages to us and events of a channel may come to the same URL. */
  ignores({ messages, message, event }) {
    if (messages !== undefined) return undefined
    if (message !== undefined) return 'inbound_message'
    return event === undefined ? undefined : 'event'
  },

  facts(json, context) {
    const { messages, ...common } = read(payload, json)
    const { msg, ...beside } = messages
    const reports = [msg].flat().map((one) => {
      if (Object(one).status !== undefined || Object(one).body === undefined) return one
      context.ignored.push('inbound_message')
      return undefined
    })
    return readEach(report, reports, 'messages.msg', context.problems).map(({ entry, path }) => ({
      ...factOf(entry, context),
      common: { ...common, ...beside },
      path,
    }))
  },
}

function factOf(reported: z.infer<typeof report>, { timeZone }: Context): Fact {
  const { reference, to, received, status, channel, ...details } = reported
  const { code, errorCode, errorDescription, ...others } = status
  const hasFailed = /^\s*[13]\s*$/.test(code)
  return {
    messageId: reference,
    reference,
    recipient: to,
    channel: channel ?? 'sms',
    providerStatus: code,
    description: hasFailed ? null : errorDescription,
    error:
      hasFailed && (errorCode ?? errorDescription) !== null ? { code: errorCode, message: errorDescription } : null,
    // Its zone is not documented: the text stays in the details.
    occurredAt: readTimestamp(received ?? '', timeZone),
    details: {
      ...details,
      ...others,
      ...(received && { received }),
      ...(!hasFailed && errorCode !== null && { errorCode }),
    },
  }
}
