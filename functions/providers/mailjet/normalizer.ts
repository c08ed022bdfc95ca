import * as z from 'zod/mini'
import { jsonArray } from '../../domain/body/json.ts'
import { type Context, type Fact, type Normalizer, unixOccurrence } from '../../domain/normalizer.ts'
import { optionalWord, readEach, textOf } from '../../domain/payload.ts'
import type { Status } from '../../domain/status.ts'

/** `event`, with its `error` where that says more: https://dev.mailjet.com/email/guides/webhooks/ */
const STATUSES = {
  SENT: 'delivered', // the recipient's server has accepted it
  OPEN: 'read',
  CLICK: 'clicked',
  UNSUB: 'unsubscribed',
  SPAM: 'complained',
  BOUNCE: 'undelivered',
  'BOUNCE GREYLISTED': 'queued', // tried again
  BLOCKED: 'rejected',
  'BLOCKED DUPLICATE IN CAMPAIGN': 'skipped',
  'BLOCKED BAD OR EMPTY TEMPLATE': 'failed',
  'BLOCKED ERROR IN TEMPLATE LANGUAGE': 'failed',
  'BLOCKED SYSTEM ISSUE': 'failed',
  'BLOCKED PROTOCOL ISSUE': 'failed',
  'BLOCKED CONNECTION ISSUE': 'failed',
} as const satisfies Record<string, Status>

const text = z.nullish(z.string({ error: 'expected text' }))

const entry = z.looseObject({
  event: optionalWord,
  MessageID: optionalWord,
  time: optionalWord,
  email: optionalWord,
  customcampaign: optionalWord,
  mj_campaign_id: z.nullish(z.unknown()),
  smtp_reply: optionalWord,
  CustomID: z.nullish(z.unknown()),
  error: text,
  comment: text,
})

/** The mapping of Mailjet's Event API. */
export const normalizer: Normalizer<unknown[]> = {
  version: 1,
  body: jsonArray,
  statuses: STATUSES,

  wordOf({ providerStatus, details }) {
    const word = `${providerStatus.trim()} ${String(details.error).trim()}`.toUpperCase()
    const isFinal = word.startsWith('BOUNCE') && details.hard_bounce === true
    return Object.hasOwn(STATUSES, word) && !isFinal ? word : providerStatus
  },

  facts: (entries, context) =>
    readEach(entry, entries, '', context.problems).flatMap(({ entry, path }) => factOf(entry, path, context)),
}

function factOf(reported: z.infer<typeof entry>, path: string, { problems, ignored }: Context): Fact | [] {
  const { event, MessageID, time, email, customcampaign, smtp_reply, ...details } = reported
  if (event === null || MessageID === null) {
    // Of mails to us, which the Parse API may send here too.
    if (event === null && reported.Headers !== undefined) ignored.push('inbound_message')
    else problems.push(`${path}.${event === null ? 'event' : 'MessageID'}: expected text`)
    return []
  }
  const { error, comment, CustomID, mj_campaign_id } = details
  const { occurredAt, raw } = unixOccurrence('time', time ?? '', 'seconds')
  return {
    messageId: MessageID,
    recipient: email,
    channel: 'email',
    providerStatus: event,
    description: smtp_reply,
    error: error || comment ? { code: codeIn(comment), message: [error, comment].filter(Boolean).join(': ') } : null,
    occurredAt,
    campaign: customcampaign ?? campaignOf(mj_campaign_id),
    reference: textOf(CustomID),
    details: { ...details, ...(time !== null && raw) },
    path,
  }
}

/** The code with which the recipient's server answered (RFC 5321). */
const codeIn = (comment: string | null | undefined) => /(?<![\d.])[245]\d\d(?=[ -])/.exec(comment ?? '')?.[0] ?? null

/** Mailjet's own number; `0` where a mail is of no campaign. */
const campaignOf = (id: unknown): string | null =>
  (typeof id === 'number' || typeof id === 'string') && Number(id) !== 0 ? String(id) : null
