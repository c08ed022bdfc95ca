import * as z from 'zod/mini'
import { type JsonObject, jsonObject } from '../../domain/body/json.ts'
import { type Normalizer, unixOccurrence } from '../../domain/normalizer.ts'
import { Malformed, optionalWord, read, textOf, word } from '../../domain/payload.ts'
import type { Status } from '../../domain/status.ts'

/** https://docs.postalserver.io/developer/webhooks */
const STATUSES = {
  MESSAGESENT: 'delivered', // the recipient's server has taken it
  MESSAGEDELAYED: 'queued', // tried again
  MESSAGEHELD: 'queued', // until somebody releases it
  'MESSAGEHELD BY A LIST': 'rejected',
  MESSAGEDELIVERYFAILED: 'undelivered',
  MESSAGEBOUNCED: 'undelivered',
  MESSAGELOADED: 'read',
  MESSAGELINKCLICKED: 'clicked',
} as const satisfies Record<string, Status>

/** Events of a mail server. */
const KINDS = new Map([
  ['DomainDNSError', 'domain'],
  ['SendLimitApproaching', 'send_limit'],
  ['SendLimitExceeded', 'send_limit'],
])

/** The words of `status` that are no failure. */
const SUCCESS = /^\s*sent\s*$/i

const message = z.looseObject({
  message_id: optionalWord,
  id: z.nullish(z.unknown()),
  to: optionalWord,
  tag: optionalWord,
})

const callback = z.looseObject({
  event: word,
  timestamp: optionalWord,
  payload: z.looseObject({
    message: z.nullish(message),
    original_message: z.nullish(message), // of a bounce
    timestamp: optionalWord,
    status: optionalWord,
    details: optionalWord,
    output: optionalWord,
  }),
})

/** The mapping of Postal's webhooks. */
export const normalizer: Normalizer<JsonObject> = {
  version: 1,
  body: jsonObject,
  statuses: STATUSES,

  /** Some versions send a bounce as an event of another name. */
  wordOf({ providerStatus, error, details }) {
    if (details.bounce !== undefined) return 'MessageBounced'
    const isOnList = /^\s*messageheld\s*$/i.test(providerStatus) && /suppression list/i.test(error?.message ?? '')
    return isOnList ? 'MessageHeld by a list' : providerStatus
  },

  /** Messages to us are reported by the same events, and forwarded without one. */
  ignores({ event, payload, rcpt_to }) {
    const { direction } = Object(Object(payload).message)
    if (direction === 'incoming' || (event === undefined && rcpt_to !== undefined)) return 'inbound_message'
    return KINDS.get(textOf(event) ?? '')
  },

  facts(json) {
    const { event, timestamp, payload, ...envelope } = read(callback, json)
    const { message, original_message, timestamp: at, status, details: text, output, ...rest } = payload
    const sent = original_message ?? message
    const messageId = sent?.message_id?.replace(/^<|>$/g, '') || textOf(sent?.id)
    if (!sent || !messageId) throw new Malformed(['payload.message.message_id: expected text'])
    const { message_id: _, to, tag, ...more } = sent
    const { occurredAt, raw } = unixOccurrence('timestamp', at ?? timestamp ?? '', 'seconds')
    const hasFailed = status !== null && !SUCCESS.test(status)
    return [
      {
        messageId,
        recipient: to,
        channel: 'email',
        providerStatus: event,
        description: hasFailed ? null : text,
        error: hasFailed && (text ?? output) !== null ? { code: codeIn(output), message: text ?? output } : null,
        occurredAt,
        campaign: tag,
        details: {
          ...envelope,
          ...rest,
          ...raw,
          ...(status !== null && { status }),
          ...(output !== null && { output }),
          message: more,
        },
      },
    ]
  },
}

/** The SMTP code with which a server's answer begins. */
const codeIn = (output: string | null): string | null => /^\s*([245]\d\d)(?!\d)/.exec(output ?? '')?.[1] ?? null
