import * as z from 'zod/mini'
import { jsonLines } from '../../domain/body/lines.ts'
import { type Fact, type Normalizer, unixOccurrence } from '../../domain/normalizer.ts'
import { optionalWord, readEach, textOf, word } from '../../domain/payload.ts'
import type { Status } from '../../domain/status.ts'

/** https://docs.mailtrap.io/email-api-smtp/analytics/statuses-and-events */
const STATUSES = {
  'SOFT BOUNCE': 'queued', // tried ten more times
  SUSPENSION: 'queued', // sent once the domain is verified
  DELIVERY: 'delivered',
  BOUNCE: 'undelivered',
  REJECT: 'rejected', // on the list of suppressions, or the domain was not verified in time
  OPEN: 'read',
  CLICK: 'clicked',
  UNSUBSCRIBE: 'unsubscribed',
  SPAM: 'complained',
} as const satisfies Record<string, Status>

/** Events of other areas, by what their name begins with. */
const KINDS: readonly (readonly [RegExp, string])[] = [
  [/^activity_log\./, 'activity_log'],
  [/^inbound\./, 'inbound_message'],
]

const event = z.looseObject({
  event: word,
  message_id: word,
  email: optionalWord,
  timestamp: optionalWord,
  category: optionalWord,
  response: optionalWord,
  response_code: optionalWord,
  reason: optionalWord,
  custom_variables: z.nullish(z.unknown()),
})

/** The mapping of https://docs.mailtrap.io/email-api-smtp/webhooks: `{ events: [...] }`, or an event in each line. */
export const normalizer: Normalizer<unknown[]> = {
  version: 1,
  body: jsonLines,
  statuses: STATUSES,

  facts(values, { problems, ignored }) {
    const [{ events }] = values.map(Object)
    const isBatch = values.length === 1 && Array.isArray(events)
    const sent = (isBatch ? (events as unknown[]) : values).map((entry) => {
      const kind = KINDS.find(([pattern]) => pattern.test(textOf(Object(entry).event) ?? ''))?.[1]
      if (kind === undefined) return entry
      ignored.push(kind)
      return undefined
    })
    return readEach(event, sent, isBatch ? 'events' : '', problems).map(({ entry, path }) => factOf(entry, path))
  },
}

function factOf(reported: z.infer<typeof event>, path: string): Fact {
  const { event, message_id, email, timestamp, category, response, response_code, reason, ...details } = reported
  const { occurredAt, raw } = unixOccurrence('timestamp', timestamp ?? '', 'seconds')
  const message = response ?? reason
  return {
    messageId: message_id,
    recipient: email,
    channel: 'email',
    providerStatus: event,
    error: message === null && response_code === null ? null : { code: response_code, message },
    occurredAt,
    campaign: category,
    reference: textOf(Object(details.custom_variables).reference),
    details: { ...details, ...(timestamp !== null && raw), ...(response !== null && reason !== null && { reason }) },
    path,
  }
}
