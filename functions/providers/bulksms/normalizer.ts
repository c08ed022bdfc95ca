import * as z from 'zod/mini'
import { query } from '../../domain/body/form.ts'
import { jsonArray } from '../../domain/body/json.ts'
import { type Context, type Fact, type Normalizer, occurrence } from '../../domain/normalizer.ts'
import { optionalWord, readEach, textOf, word } from '../../domain/payload.ts'
import { keyOf, STATUSES } from './statuses.ts'

const optionalObject = z.nullish(z.looseObject({}))

/** A message of the JSON API, with its status. */
const message = z.looseObject({
  id: word,
  to: z.nullish(z.unknown()), // a number, or `{ type, address }`
  userSuppliedId: optionalWord,
  submission: optionalObject,
  status: z.looseObject({
    type: optionalWord,
    condition: optionalWord,
    subtype: optionalWord,
    cause: optionalWord,
    date: optionalWord,
  }),
})

/** The parameters of a report of EAPI. */
const report = z.looseObject({ batch_id: word, msisdn: optionalWord, status: word })

/** The mapping of BulkSMS's status reports; one of EAPI is a list of one. */
export const normalizer: Normalizer<unknown[]> = {
  version: 1,
  body: (callback) => (isEapi(callback) ? [query(callback) ?? []].flat() : jsonArray(callback)),
  statuses: STATUSES,

  wordOf({ providerStatus, error }) {
    const withSubtype = `${providerStatus.trim()} ${error?.code?.trim()}`.toUpperCase()
    return keyOf(providerStatus) ?? (Object.hasOwn(STATUSES, withSubtype) ? withSubtype : providerStatus)
  },

  facts(entries, context) {
    const { callback, problems, ignored } = context
    if (isEapi(callback)) return readEach(report, entries, 'query', problems).map(({ entry }) => factOfReport(entry))
    const sent = entries.map((entry) => {
      if (!isReceived(entry)) return entry
      ignored.push('inbound_message')
      return undefined
    })
    return readEach(message, sent, '', problems).flatMap(({ entry, path }) => factOf(entry, path, context))
  },
}

const isEapi = ({ method }: Context['callback']) => method === 'GET'

/** Messages to us have no status. */
const isReceived = (entry: unknown): boolean => {
  const { type, from, status } = Object(entry)
  return type === 'RECEIVED' || (from !== undefined && status === undefined)
}

function factOf(reported: z.infer<typeof message>, path: string, { problems, timeZone }: Context): Fact | [] {
  const { id, to, userSuppliedId, status, ...details } = reported
  const { type, condition, subtype, cause, date, ...others } = status
  const providerStatus = type ?? condition
  if (providerStatus === null) {
    problems.push(`${path}.status.type: expected text`)
    return []
  }
  const { occurredAt, raw } = occurrence('date', date ?? '', timeZone)
  const hasFailed = /^\s*failed\s*$/i.test(providerStatus)
  const kept = {
    ...others,
    ...(type !== null && condition !== null && { condition }),
    ...(!hasFailed && subtype !== null && { subtype }),
    ...(date !== null && raw),
  }
  const recipient = textOf(Object(to).address ?? to)
  return {
    messageId: id,
    recipient,
    channel: 'sms',
    providerStatus,
    description: hasFailed ? null : cause,
    error: hasFailed && (subtype ?? cause) !== null ? { code: subtype, message: cause } : null,
    occurredAt,
    campaign: textOf(details.submission?.id),
    reference: userSuppliedId,
    details: { ...details, ...(recipient !== to && { to }), ...(Object.keys(kept).length > 0 && { status: kept }) },
    path,
  }
}

function factOfReport({ batch_id, msisdn, status, ...details }: z.infer<typeof report>): Fact {
  return {
    messageId: batch_id, // of a submission: the recipient distinguishes its messages
    recipient: msisdn,
    channel: 'sms',
    providerStatus: status,
    error: /^\s*([2-6]\d)\s*$/.test(status) ? { code: status.trim(), message: null } : null,
    occurredAt: null, // `completed_time` has no documented shape: it stays in the details
    details,
  }
}
