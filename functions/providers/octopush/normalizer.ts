import * as z from 'zod/mini'
import { type JsonObject, jsonObject } from '../../domain/body/json.ts'
import type { Context, Fact, Normalizer } from '../../domain/normalizer.ts'
import { optionalAmount, optionalWord, read, readEach, time, word } from '../../domain/payload.ts'
import type { Status } from '../../domain/status.ts'
import { readTimestamp } from '../../domain/timestamp.ts'

/** All words of the document's "List of Delivery Statuses". */
const STATUSES = {
  PROCESSED: 'queued',
  TRANSMITTED: 'queued',
  ACK: 'sent',
  ISP_SEND: 'sent',
  DELIVERED: 'delivered',
  READ: 'read',
  OPENED: 'read',
  CLICKED: 'clicked',
  UNSUBSCRIBED: 'unsubscribed',
  SPAM_REPORT: 'complained',
  UNDEFINED: 'unknown',
  UNKNOWN_DELIVERY: 'unknown',
  ABANDONED: 'failed',
  EMPTY_TEXT: 'failed',
  BAD_DESTINATION: 'failed',
  BLACKLISTED_NUMBER: 'rejected',
  NOT_ALLOWED: 'rejected',
  ANTI_FLOODING: 'rejected',
  FILTERED: 'rejected',
  BLOCKED: 'rejected',
  SPAM_DETECTED: 'rejected',
  SPAM_PRESUMPTION: 'rejected',
  EXPIRED: 'expired',
  TIMEOUT: 'expired',
  NOT_DELIVERED: 'undelivered',
  NOT_DELIVERABLE: 'undelivered',
  UNFOUND_DESTINATION: 'undelivered',
  BUSY: 'undelivered',
  REFUSED: 'undelivered',
  HARD_BOUNCE: 'undelivered',
  SOFT_BOUNCE: 'undelivered',
  DOMAIN_ERROR: 'undelivered',
  UNKNOWNED_USER: 'undelivered',
} as const satisfies Record<string, Status>

const message = { channel: optionalWord, message_id: word, list_name: optionalWord }

const moment = { status: word, delivery_date: time('yyyy-MM-dd HH:mm:ss') }

const price = { unit_price: optionalAmount }

/** SMS, voice and RCS. */
const single = z.looseObject({ ...message, ...moment, ...price, number: word })

const email = z.looseObject({
  ...message,
  deliveries: z.array(z.unknown()).check(z.minLength(1, { error: 'expected a delivery' })),
})

const delivery = z.looseObject({ ...moment, ...price, email: word, status_history: z.nullish(z.array(z.unknown())) })

const historyEntry = z.looseObject({ ...moment, ...price })

/** The mapping of https://api.octopush.com/callbacks-statuses */
export const normalizer: Normalizer<JsonObject> = {
  version: 1,
  body: jsonObject,
  statuses: STATUSES,

  /** Replies and opt-outs come to the same URL: they have a date of their own, and no status. */
  ignores(json) {
    if (json.status || json.deliveries) return undefined
    if (isText(json.answer_date)) return 'reply'
    return isText(json.stop_date) ? 'opt_out' : undefined
  },

  facts: (json, context) =>
    'deliveries' in json ? emailFacts(read(email, json), context) : [singleFact(read(single, json), context)],
}

const isText = (value: unknown) => typeof value === 'string' && value !== ''

/** The parts of a payload that are about its message, and about one status of it. */
type Message = z.infer<z.ZodMiniObject<typeof message>>
type Moment = z.infer<z.ZodMiniObject<typeof moment & typeof price, z.core.$loose>>

function singleFact({ number, channel, message_id, list_name, ...moment }: z.infer<typeof single>, context: Context) {
  return factOf({ channel, message_id, list_name }, moment, context, { recipient: number })
}

/**
 * For each recipient its status and each entry of its history: the same fact whichever of the two reports it. The price is
 * of the delivery and so of all its entries; whatever else stands beside the current status is of that status alone.
 */
function emailFacts(payload: z.infer<typeof email>, context: Context): Fact[] {
  const { channel, message_id, list_name, deliveries, ...common } = payload
  const { problems } = context
  return readEach(delivery, deliveries, 'deliveries', problems).flatMap(({ entry, path }) => {
    const { email, status_history, ...current } = entry
    const history = readEach(historyEntry, status_history ?? [], `${path}.status_history`, problems)
    const { unit_price } = current
    return [{ entry: current, path }, ...history].map((moment) =>
      factOf({ channel, message_id, list_name }, { unit_price, ...moment.entry }, context, {
        recipient: email,
        common,
        path: moment.path,
      }),
    )
  })
}

function factOf(
  { channel, message_id, list_name }: Message,
  { status, unit_price, delivery_date, ...details }: Moment,
  { timeZone }: Context,
  of: Pick<Fact, 'recipient' | 'common' | 'path'>,
): Fact {
  return {
    ...of,
    messageId: message_id,
    channel,
    providerStatus: status,
    occurredAt: readTimestamp(delivery_date, timeZone),
    campaign: list_name,
    price: unit_price === null || unit_price === undefined ? null : { amount: Number(unit_price), currency: null },
    // The zone is our assumption: the text stays, as does that of a price with more digits than a number keeps.
    details: { ...details, delivery_date, ...(typeof unit_price === 'string' && { unit_price }) },
  }
}
