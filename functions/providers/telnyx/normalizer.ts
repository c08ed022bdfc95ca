import * as z from 'zod/mini'
import { type JsonObject, jsonObject } from '../../domain/body/json.ts'
import { type Context, type Normalizer, occurrence } from '../../domain/normalizer.ts'
import { optionalAmount, optionalWord, read, readEach, time, word } from '../../domain/payload.ts'
import { keyOf, STATUSES } from './statuses.ts'

const list = z.nullish(z.array(z.unknown()))

const moment = z.nullish(time('RFC 3339'))

const message = z.looseObject({
  id: word,
  type: optionalWord,
  to: z.array(z.unknown()),
  cc: list,
  errors: z.nullish(z.array(z.looseObject({ code: optionalWord, title: optionalWord, detail: optionalWord }))),
  cost: z.nullish(z.looseObject({ amount: optionalAmount, currency: optionalWord })),
  sent_at: moment,
  completed_at: moment,
})

const callback = z.looseObject({
  data: z.looseObject({ event_type: word, occurred_at: time('RFC 3339'), payload: message }),
})

const addressee = z.looseObject({ phone_number: word, status: word })

/** The mapping of https://developers.telnyx.com/docs/messaging/messages/receiving-webhooks */
export const normalizer: Normalizer<JsonObject> = {
  version: 1,
  body: jsonObject,
  statuses: STATUSES,

  wordOf({ providerStatus, error }) {
    return (isFailure(providerStatus) && keyOf(error?.code)) || providerStatus
  },

  /** Messages to us come to the same URL; so may calls, numbers and campaigns. */
  ignores({ data }) {
    const type = (data as JsonObject | null | undefined)?.event_type
    if (typeof type !== 'string') return undefined
    if (type === 'message.received') return 'inbound_message'
    return type.startsWith('message.') ? undefined : 'other_event'
  },

  facts(json, context) {
    // `meta` has the attempt's number and URL: it differs from attempt to attempt.
    const { data } = read(callback, json)
    const { payload, ...event } = data
    const { problems } = context
    const addressees = [
      ...readEach(addressee, payload.to, 'data.payload.to', problems),
      ...readEach(addressee, payload.cc ?? [], 'data.payload.cc', problems),
    ]
    const { id, type, cost, to: _to, cc: _cc, ...rest } = payload
    const { amount, currency = null } = cost ?? {}
    // The cost is of all addressees together.
    const isPriced = amount !== undefined && amount !== null && payload.to.length + (payload.cc?.length ?? 0) === 1
    const common = { event, ...withoutEmpty({ ...rest, cost }) }
    const { occurredAt, raw } = timeOf(data, context)
    return addressees.map(({ entry: { phone_number, status, ...details }, path }) => ({
      messageId: id,
      recipient: phone_number,
      channel: type,
      providerStatus: status,
      error: isFailure(status) ? errorOf(payload.errors) : null,
      occurredAt,
      price: isPriced ? { amount: Number(amount), currency } : null,
      common,
      details: { ...details, ...raw },
      path,
    }))
  },
}

const isFailure = (word: string): boolean => /^\s*(sending_failed|delivery_failed|expired)\s*$/i.test(word)

function errorOf(errors: z.infer<typeof message>['errors']) {
  const [first] = errors ?? []
  return first ? { code: first.code, message: first.detail ?? first.title } : null
}

/** When the message was sent or completed; else when the event happened. */
function timeOf({ event_type, occurred_at, payload }: z.infer<typeof callback>['data'], { timeZone }: Context) {
  const [name, text] =
    event_type === 'message.finalized'
      ? ['completed_at', payload.completed_at]
      : ['sent_at', event_type === 'message.sent' ? payload.sent_at : undefined]
  return text ? occurrence(`${name}`, text, timeZone) : occurrence('occurred_at', occurred_at, timeZone)
}

/** Most members of a message are there and empty. */
const withoutEmpty = (object: JsonObject): JsonObject =>
  Object.fromEntries(Object.entries(object).filter(([, value]) => !isEmpty(value)))

const isEmpty = (value: unknown): boolean =>
  value === null || value === undefined || value === '' || (Array.isArray(value) && value.length === 0)
