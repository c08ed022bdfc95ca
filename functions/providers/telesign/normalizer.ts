import * as z from 'zod/mini'
import { type JsonObject, jsonObject } from '../../domain/body/json.ts'
import { merge } from '../../domain/details.ts'
import { type Context, type Fact, type Normalizer, occurrence } from '../../domain/normalizer.ts'
import { optionalWord, read, readEach, textOf, time, word } from '../../domain/payload.ts'
import { STATUSES } from './statuses.ts'

const moment = {
  code: word,
  description: optionalWord,
  updated_on: time('a time such as 2020-05-04 22:07:01.226'),
}

const payload = z.looseObject({
  reference_id: word,
  status: z.looseObject({ ...moment, last_channel: optionalWord }),
  channel_status: z.nullish(z.array(z.unknown())),
})

/** One entry of `channel_status`: an attempt, or several, each under its channel's name. */
const attempts = z.record(z.string(), z.looseObject({ ...moment, reference_id: optionalWord }))

/**
 * The mapping of https://developer.telesign.com/enterprise/docs/messaging-callback-service and
 * https://developer.telesign.com/enterprise/docs/transaction-callback-service
 */
export const normalizer: Normalizer<JsonObject> = {
  version: 1,
  body: jsonObject,
  statuses: STATUSES,

  /**
   * Messages from a handset come to the same URL: sub-resources `mo_sms`, `mo_rcs`, `mo_mms`, `mo_email`, with codes that no
   * message to a handset has.
   */
  ignores({ sub_resource, status, channel_status }) {
    const isInbound = textOf(sub_resource)?.startsWith('mo_')
    const code = textOf(Object(status).code) ?? ''
    return isInbound && !channel_status && !Object.hasOwn(STATUSES, code) ? 'inbound_message' : undefined
  },

  /** The transaction's status, unless an attempt is the same fact, and each attempt's. */
  facts(json, context) {
    const { reference_id, status, channel_status, ...common } = read(payload, json)
    const { last_channel, ...transaction } = status
    const message = { messageId: reference_id, reference: textOf(common.external_id), common }
    const channelFacts = readEach(attempts, channel_status ?? [], 'channel_status', context.problems).flatMap(
      ({ entry, path }) =>
        Object.entries(entry).map(([channel, { reference_id: channel_reference_id, ...attempt }]) =>
          factOf({ ...attempt, ...(channel_reference_id && { channel_reference_id }) }, context, {
            ...message,
            channel,
            path: `${path}.${channel}`,
          }),
        ),
    )
    const transactionFact = factOf(transaction, context, { ...message, channel: last_channel, path: 'status' })
    const same = channelFacts.find((fact) => isSame(fact, transactionFact))
    if (same === undefined) return [transactionFact, ...channelFacts]
    const only = onlyIn(transactionFact, same)
    if (Object.keys(only).length > 0) same.details = merge({ status: only }, same.details)
    return channelFacts
  },
}

type Moment = z.infer<z.ZodMiniObject<typeof moment, z.core.$loose>>

type Reported = Fact & { details: Record<string, unknown> }

function factOf(
  { code, description, updated_on, ...details }: Moment,
  { timeZone }: Context,
  of: Pick<Fact, 'messageId' | 'reference' | 'channel' | 'common' | 'path'>,
): Reported {
  const { occurredAt, raw } = occurrence('updated_on', updated_on, timeZone)
  return { ...of, providerStatus: code, description, occurredAt, details: { ...details, ...raw } }
}

/** Channel, code and time agree: the transaction repeats its last channel. */
const isSame = (a: Fact, b: Fact): boolean =>
  a.channel?.trim().toLowerCase() === b.channel?.trim().toLowerCase() &&
  a.providerStatus === b.providerStatus &&
  a.occurredAt === b.occurredAt

/** What the transaction has in addition to its channel's attempt: usually nothing. */
const onlyIn = (transaction: Reported, attempt: Reported): Record<string, unknown> => ({
  ...Object.fromEntries(
    Object.entries(transaction.details).filter(
      ([name, value]) => JSON.stringify(value) !== JSON.stringify(attempt.details[name]),
    ),
  ),
  ...(transaction.description !== attempt.description && { description: transaction.description }),
})
