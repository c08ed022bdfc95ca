import * as z from 'zod/mini'
import { type JsonObject, jsonObject } from '../../domain/body/json.ts'
import { type Context, type Fact, type Normalizer, occurrence } from '../../domain/normalizer.ts'
import { optionalWord, read, readEach, time, word } from '../../domain/payload.ts'
import { STATUSES } from './statuses.ts'

const batch = { type: z.string(), batch_id: word, client_reference: optionalWord }

/** `per_recipient` and `per_recipient_final`. */
const single = z.looseObject({ ...batch, recipient: word, status: word, code: optionalWord, at: time('RFC 3339') })

/** `full` and `summary`. */
const report = z.looseObject({ ...batch, statuses: z.array(z.unknown()) })

/** Without `recipients` in a summary. */
const group = z.looseObject({ status: word, code: optionalWord, recipients: z.nullish(z.array(z.unknown())) })

/** The mapping of https://developers.sinch.com/docs/sms/api-reference/sms/tag/Delivery-reports/ */
export const normalizer: Normalizer<JsonObject> = {
  version: 1,
  body: jsonObject,
  statuses: STATUSES,

  wordOf({ providerStatus, error }) {
    const withCode = `${providerStatus.trim().toUpperCase()} ${error?.code}`
    return Object.hasOwn(STATUSES, withCode) ? withCode : providerStatus
  },

  /** Messages to us come to the URL of the service plan. */
  ignores: ({ type }) => (typeof type === 'string' && type.startsWith('mo_') ? 'inbound_message' : undefined),

  facts: (json, context) =>
    'statuses' in json ? batchFacts(read(report, json), context) : [singleFact(read(single, json), context)],
}

function singleFact({ recipient, at, ...entry }: z.infer<typeof single>, { timeZone }: Context): Fact {
  const { occurredAt, raw } = occurrence('at', at, timeZone)
  const { details, ...fact } = factOf(entry)
  return { ...fact, recipient, occurredAt, details: { ...details, ...raw } }
}

/** One fact for each recipient of each status. A count without recipients is no fact about a message. */
function batchFacts({ statuses, ...common }: z.infer<typeof report>, { problems, ignored }: Context): Fact[] {
  return readEach(group, statuses, 'statuses', problems).flatMap(({ entry: { recipients, ...entry }, path }) => {
    if (!recipients) {
      ignored.push('summary')
      return []
    }
    const fact = factOf({ ...common, ...entry })
    return readEach(word, recipients, `${path}.recipients`, problems).map(({ entry: recipient, path }) => ({
      ...fact,
      recipient,
      path,
    }))
  })
}

interface Entry extends Record<string, unknown> {
  type: string
  batch_id: string
  client_reference: string | null
  status: string
  code: string | null
}

/** Of no error: delivered, queued, dispatched. */
const NO_ERROR = ['0', '400', '401']

function factOf({ type, batch_id, client_reference, status, code, ...details }: Entry) {
  const hasFailed = code !== null && !NO_ERROR.includes(code)
  return {
    messageId: batch_id,
    channel: type.endsWith('_mms') ? 'mms' : 'sms',
    providerStatus: status,
    error: hasFailed ? { code, message: null } : null,
    occurredAt: null,
    reference: client_reference,
    details: {
      type,
      ...details,
      ...(code !== null && !hasFailed && { code }),
      ...(client_reference !== null && { client_reference }),
    },
  }
}
