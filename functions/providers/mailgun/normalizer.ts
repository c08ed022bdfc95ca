import * as z from 'zod/mini'
import type { Body } from '../../domain/body/body.ts'
import { form } from '../../domain/body/form.ts'
import { type JsonObject, jsonObject } from '../../domain/body/json.ts'
import { type Normalizer, unixOccurrence } from '../../domain/normalizer.ts'
import { optionalWord, read, textOf, word } from '../../domain/payload.ts'
import type { Status } from '../../domain/status.ts'

/** The events, and those of a failure with its severity, reason or code where these say more. */
const STATUSES = {
  ACCEPTED: 'queued',
  REJECTED: 'rejected',
  DELIVERED: 'delivered',
  FAILED: 'undelivered',
  'FAILED TEMPORARY': 'queued',
  'FAILED OLD': 'expired', // given up after some hours of retries
  // Not sent: the address is on one of the domain's suppression lists.
  'FAILED SUPPRESS-BOUNCE': 'rejected',
  'FAILED SUPPRESS-UNSUBSCRIBE': 'rejected',
  'FAILED SUPPRESS-COMPLAINT': 'rejected',
  'FAILED 605': 'rejected',
  'FAILED 606': 'rejected',
  'FAILED 607': 'rejected',
  OPENED: 'read',
  CLICKED: 'clicked',
  UNSUBSCRIBED: 'unsubscribed',
  COMPLAINED: 'complained',
  // Webhooks of before 2018, which post forms.
  BOUNCED: 'undelivered',
  DROPPED: 'undelivered',
  'DROPPED OLD': 'expired',
  'DROPPED 605': 'rejected',
  'DROPPED 606': 'rejected',
  'DROPPED 607': 'rejected',
} as const satisfies Record<string, Status>

/** What a callback has beside an event. */
const STAMP = ['timestamp', 'token', 'signature']

/** Events that are no status of a message. */
const FOREIGN = ['stored', 'list_member_uploaded', 'list_member_upload_error', 'list_uploaded']

/** Without the angle brackets that it may stand in. */
const messageId = z.pipe(
  word,
  z.pipe(
    z.transform((id: string) => id.trim().replace(/^<|>$/g, '').trim()),
    z.string().check(z.minLength(1, { error: 'expected text' })),
  ),
)

const eventData = z.looseObject({
  event: word,
  timestamp: word,
  recipient: optionalWord,
  message: z.looseObject({ headers: z.looseObject({ 'message-id': messageId, to: optionalWord }) }),
  'delivery-status': z.nullish(z.looseObject({ code: optionalWord, message: optionalWord, description: optionalWord })),
  severity: optionalWord,
  reason: optionalWord,
  reject: z.nullish(z.looseObject({ reason: optionalWord, description: optionalWord })),
})

const jsonOrForm: Body<JsonObject> = (callback) =>
  /^\s*\{/.test(callback.body) ? jsonObject(callback) : form(callback)

/** The mapping of https://documentation.mailgun.com/docs/mailgun/user-manual/webhooks/webhook-payloads */
export const normalizer: Normalizer<JsonObject> = {
  version: 1,
  body: jsonOrForm,
  statuses: STATUSES,

  wordOf({ providerStatus, error, details: { severity, reason } }) {
    const more = severity === 'temporary' ? [severity] : [reason, error?.code]
    const known = more.map((text) => `${providerStatus.trim()} ${textOf(text)?.trim()}`.toUpperCase())
    return known.find((key) => Object.hasOwn(STATUSES, key)) ?? providerStatus
  },

  ignores(payload) {
    if (Object.keys(payload).every((name) => STAMP.includes(name))) return 'ping'
    const { event } = (payload['event-data'] ?? payload) as { event?: unknown }
    return FOREIGN.find((kind) => kind === event)
  },

  facts({ signature, 'event-data': data, ...rest }) {
    const isForm = data === undefined
    const reported: JsonObject = isForm ? ofForm(rest) : (data as JsonObject)
    const entry = read(eventData, reported, isForm ? '' : 'event-data')
    const { message, 'delivery-status': delivery, severity, reject } = entry
    const { occurredAt, raw } = unixOccurrence('timestamp', entry.timestamp, 'seconds')
    const text = delivery?.message ?? delivery?.description ?? reject?.reason ?? null
    const code = delivery?.code ?? null
    const { event, timestamp, recipient, ...details } = reported
    const isError = severity !== null || Boolean(reject) || Number(code) >= 400
    return [
      {
        messageId: message.headers['message-id'],
        recipient: entry.recipient ?? addressOf(message.headers.to),
        channel: 'email',
        providerStatus: entry.event,
        description: isError ? null : text,
        error: isError ? { code, message: text ?? entry.reason } : null,
        occurredAt,
        campaign: campaignOf(entry),
        reference: textOf(Object(isForm ? rest : entry['user-variables']).reference),
        details: { ...(isForm ? {} : rest), ...details, ...raw },
      },
    ]
  },
}

/** The fields of a form in the places that they have in JSON; the token is the proof's. */
function ofForm({
  'Message-Id': id,
  'message-id': lower = id,
  token,
  code,
  error,
  description,
  ...fields
}: JsonObject) {
  const delivery = Object.entries({ code, message: error, description }).filter(([, value]) => value !== undefined)
  return {
    ...fields,
    message: { headers: { 'message-id': lower } },
    ...(delivery.length > 0 && { 'delivery-status': Object.fromEntries(delivery) }),
  }
}

/** The only address of a header `To`; a name in quotes may have commas. */
function addressOf(to: string | null): string | null {
  const isOne = to !== null && !to.replace(/"[^"]*"/g, '').includes(',')
  return isOne ? (/<([^<>]+)>\s*$/.exec(to)?.[1] ?? to) : null
}

function campaignOf({ campaigns, tags }: JsonObject): string | null {
  const [first] = [campaigns].flat()
  const { name, id } = Object(first)
  return textOf(name) ?? textOf(id) ?? textOf(first) ?? textOf([tags].flat()[0])
}
