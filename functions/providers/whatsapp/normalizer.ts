import * as z from 'zod/mini'
import { type JsonObject, jsonObject } from '../../domain/body/json.ts'
import { type Context, type Fact, type Normalizer, unixOccurrence } from '../../domain/normalizer.ts'
import { read, readEach, textOf, word } from '../../domain/payload.ts'
import { STATUSES } from './statuses.ts'

const list = z.array(z.unknown())

const payload = z.looseObject({ entry: list })

const entry = z.looseObject({ changes: list })

const change = z.looseObject({ field: word, value: z.looseObject({}) })

const text = z.nullish(z.string())

const reason = z.looseObject({
  code: z.nullish(z.union([z.string(), z.number()], { error: 'expected a code' })),
  title: text,
  message: text,
  error_data: z.nullish(z.looseObject({ details: text })),
})

const status = z.looseObject({
  id: word,
  status: word,
  timestamp: word,
  recipient_id: text,
  recipient_user_id: text,
  recipient_participant_id: text,
  recipient_participant_user_id: text,
  type: text,
  biz_opaque_callback_data: z.nullish(z.unknown()),
  errors: z.nullish(z.array(reason)),
})

/** Other events that an app may subscribe to, by the field that has changed. */
const KINDS: Readonly<Record<string, string>> = {
  calls: 'call',
  flows: 'flow',
  user_preferences: 'user_preference',
  message_template_status_update: 'template',
  message_template_quality_update: 'template',
  account_update: 'account',
  account_alerts: 'account',
  phone_number_quality_update: 'account',
}

/** The mapping of https://developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/reference/messages/status/ */
export const normalizer: Normalizer<JsonObject> = {
  version: 1,
  body: jsonObject,
  statuses: STATUSES,

  wordOf({ providerStatus, error }) {
    const withCode = `${providerStatus.trim().toUpperCase()} ${error?.code}`
    return Object.hasOwn(STATUSES, withCode) ? withCode : providerStatus
  },

  /** An app may be subscribed to pages or Instagram as well. */
  ignores: ({ object }) =>
    typeof object === 'string' && object !== 'whatsapp_business_account' ? 'other_object' : undefined,

  facts: (json, context) =>
    readEach(entry, read(payload, json).entry, 'entry', context.problems).flatMap(
      // `time` is of the push: it may differ from attempt to attempt.
      ({ entry: { changes, time: _time, ...account }, path }) =>
        readEach(change, changes, `${path}.changes`, context.problems).flatMap(({ entry: { field, value }, path }) =>
          field === 'messages'
            ? factsOf(value, account, `${path}.value`, context)
            : ignore(Object.hasOwn(KINDS, field) ? `${KINDS[field]}` : 'other_field', context),
        ),
    ),
}

function ignore(kind: string, { ignored }: Context): [] {
  ignored.push(kind)
  return []
}

function factsOf(value: JsonObject, account: JsonObject, at: string, context: Context): Fact[] {
  const { statuses, messages, errors, contacts, ...rest } = value
  const { problems, ignored } = context
  for (const _message of listOf(messages, `${at}.messages`, problems)) ignored.push('inbound_message')
  for (const _error of listOf(errors, `${at}.errors`, problems)) ignored.push('account_error')
  if (!statuses && !messages && !errors) ignored.push('other_message')
  const common = { entry: account, ...rest }
  const people = peopleOf(listOf(contacts, `${at}.contacts`, problems))
  const entries = listOf(statuses, `${at}.statuses`, problems)
  return readEach(status, entries, `${at}.statuses`, problems).flatMap(({ entry, path }) =>
    entry.type === 'payment' || entry.type === 'call'
      ? ignore(entry.type, context)
      : [{ ...factOf(entry, people), common, path }],
  )
}

function listOf(value: unknown, path: string, problems: string[]): unknown[] {
  if (Array.isArray(value)) return value
  if (value !== undefined && value !== null) problems.push(`${path}: expected array`)
  return []
}

/** The contacts of all messages of a callback come in one list; each by its ids. */
interface People {
  all: readonly unknown[]
  byId: ReadonlyMap<unknown, unknown>
}

function peopleOf(all: readonly unknown[]): People {
  const byId = new Map<unknown, unknown>()
  for (const contact of all) {
    const { wa_id, user_id } = { ...(contact as JsonObject | null) }
    byId.set(wa_id, contact).set(user_id, contact)
  }
  return { all, byId }
}

function factOf(
  { id, status: providerStatus, timestamp, ...entry }: z.infer<typeof status>,
  { all, byId }: People,
): Fact {
  const { occurredAt, raw } = unixOccurrence('timestamp', timestamp, 'seconds')
  const [error] = entry.errors ?? []
  const known = [entry.recipient_id, entry.recipient_user_id].filter(Boolean)
  const own = [...new Set(known.flatMap((id) => byId.get(id) ?? []))]
  return {
    messageId: id,
    // In a group `recipient_id` is the group.
    recipient: entry.recipient_participant_id || entry.recipient_participant_user_id || known[0] || null,
    channel: 'whatsapp',
    providerStatus,
    description: error?.error_data?.details ?? null,
    error: error ? { code: String(error.code ?? '') || null, message: error.message ?? error.title ?? null } : null,
    occurredAt,
    reference: textOf(entry.biz_opaque_callback_data),
    details: { ...entry, ...(all.length > 0 && { contacts: own.length > 0 ? own : all }), ...raw },
  }
}
