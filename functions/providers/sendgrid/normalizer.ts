import * as z from 'zod/mini'
import { jsonArray } from '../../domain/body/json.ts'
import { type Fact, type Normalizer, unixOccurrence } from '../../domain/normalizer.ts'
import { optionalWord, readEach, textOf, word } from '../../domain/payload.ts'
import type { Status } from '../../domain/status.ts'

/** The events, and an event with the bounce's type or the drop's reason where these say more. */
const STATUSES = {
  PROCESSED: 'queued',
  DEFERRED: 'queued',
  DELIVERED: 'delivered',
  BOUNCE: 'undelivered',
  'BOUNCE BLOCKED': 'undelivered', // refused for now, but SendGrid does not try again
  'BOUNCE EXPIRED': 'expired', // deferred for 72 hours
  DROPPED: 'rejected',
  'DROPPED INVALID SMTPAPI HEADER': 'failed',
  OPEN: 'read',
  CLICK: 'clicked',
  UNSUBSCRIBE: 'unsubscribed',
  GROUP_UNSUBSCRIBE: 'unsubscribed',
  SPAMREPORT: 'complained',
} as const satisfies Record<string, Status>

/** Events that are no status of a message. */
const FOREIGN = ['group_resubscribe', 'account_status_change']

const event = z.looseObject({
  event: word,
  timestamp: word,
  email: optionalWord,
  sg_message_id: optionalWord,
  'smtp-id': optionalWord,
  status: optionalWord,
  reason: optionalWord,
  response: optionalWord,
})

/** The mapping of https://www.twilio.com/docs/sendgrid/for-developers/tracking-events/event */
export const normalizer: Normalizer<unknown[]> = {
  version: 1,
  body: jsonArray,
  statuses: STATUSES,

  wordOf({ providerStatus, error, details }) {
    const word = providerStatus.trim().toUpperCase()
    const known = [details.type, error?.message].map((more) => `${word} ${textOf(more)?.trim()}`.toUpperCase())
    return known.find((key) => Object.hasOwn(STATUSES, key)) ?? providerStatus
  },

  facts(events, { ignored, problems }) {
    const ours = events.map((entry) => {
      const kind = foreignKind(Object(entry))
      if (kind === undefined) return entry
      ignored.push(kind)
      return undefined
    })
    return readEach(event, ours, '', problems).flatMap(({ entry, path }) => factOf(entry, path, problems))
  },
}

const foreignKind = ({ event }: { event?: unknown }): string | undefined =>
  FOREIGN.find((kind) => kind === textOf(event)?.trim().toLowerCase())

function factOf(entry: z.infer<typeof event>, path: string, problems: string[]): Fact | [] {
  const { event, timestamp, email, sg_message_id, 'smtp-id': smtpId, status, reason, response, ...details } = entry
  const messageId = messageIdOf(sg_message_id, smtpId)
  if (messageId === undefined) {
    problems.push(`${path}.sg_message_id: expected text`)
    return []
  }
  const { occurredAt, raw } = unixOccurrence('timestamp', timestamp, 'seconds')
  const text = reason ?? response
  const isError = text !== null && !/^2\d\d/.test(text)
  return {
    messageId,
    recipient: email,
    channel: 'email',
    providerStatus: event,
    description: isError ? null : text,
    error: isError ? { code: status ?? /^\d{3}/.exec(response ?? text)?.[0] ?? null, message: text } : null,
    occurredAt,
    campaign: campaignOf(details),
    reference: textOf(details.reference),
    details: {
      ...details,
      ...raw,
      ...(sg_message_id !== null && sg_message_id !== messageId && { sg_message_id }),
      ...(smtpId !== null && { 'smtp-id': smtpId }),
      ...(!isError && status !== null && { status }),
      ...(reason !== null && response !== null && { response }),
    },
    path,
  }
}

/**
 * The id that the send API answers in `X-Message-Id`: what stands in `sg_message_id` before the name of the machine that
 * processed the message. Late bounces may have `smtp-id` alone, whose local part is the same id.
 */
function messageIdOf(sgMessageId: string | null, smtpId: string | null): string | undefined {
  const id = /^[\w-]{22}(?=\.)|^.+?(?=\.(?:st)?(?:filter|recvd))/.exec(sgMessageId ?? '')?.[0] ?? sgMessageId
  return id ?? /^<?([^@>]+)@[^>]*ismtpd/.exec(smtpId ?? '')?.[1] ?? /^<?([^>]+)/.exec(smtpId ?? '')?.[1]
}

function campaignOf({ marketing_campaign_name, singlesend_name, category }: Record<string, unknown>): string | null {
  const [first] = [category].flat()
  return textOf(marketing_campaign_name) ?? textOf(singlesend_name) ?? textOf(first)
}
