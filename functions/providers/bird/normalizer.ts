import * as z from 'zod/mini'
import { type JsonObject, jsonObject } from '../../domain/body/json.ts'
import { type Fact, type Normalizer, occurrence } from '../../domain/normalizer.ts'
import { Malformed, optionalWord, read, textOf, word } from '../../domain/payload.ts'
import { STATUSES } from './statuses.ts'

const contact = z.looseObject({ identifierValue: optionalWord })

const message = z.looseObject({
  id: word,
  status: optionalWord,
  reason: optionalWord,
  reference: optionalWord,
  lastStatusAt: optionalWord,
  receiver: z.nullish(z.looseObject({ contacts: z.nullish(z.array(contact)) })),
  failure: z.nullish(z.looseObject({ code: optionalWord })),
  // Of an interaction.
  messageId: optionalWord,
  type: optionalWord,
  createdAt: optionalWord,
})

const envelope = z.looseObject({ event: word, payload: message })

/** The mapping of https://docs.bird.com/api/channels-api/message-status-and-interactions */
export const normalizer: Normalizer<JsonObject> = {
  version: 1,
  body: jsonObject,
  statuses: STATUSES,

  wordOf({ providerStatus, details }) {
    const { source }: JsonObject = Object(details.failure)
    const more = [textOf(details.details), textOf(Object(source).code)]
    const known = more.map((text) => `${providerStatus.trim()} ${text?.trim().replaceAll(' ', '_')}`.toUpperCase())
    return known.find((key) => Object.hasOwn(STATUSES, key)) ?? providerStatus
  },

  /** Messages to us, and events of channels, calls and other services. */
  ignores({ event }) {
    if (typeof event !== 'string' || /\.(outbound|interaction)$/.test(event)) return undefined
    return event.endsWith('.inbound') ? 'inbound_message' : 'other_event'
  },

  facts(json, { timeZone }) {
    const { event, payload, ...beside } = read(envelope, json)
    const isInteraction = event.endsWith('.interaction')
    const { id, status, reason, reference, messageId, type, lastStatusAt, createdAt, receiver, ...rest } = payload
    const providerStatus = isInteraction ? (type ?? status) : status
    if (providerStatus === null) throw new Malformed([`payload.${isInteraction ? 'type' : 'status'}: expected text`])
    const [timeName, time] = isInteraction ? ['createdAt', createdAt] : ['lastStatusAt', lastStatusAt]
    const { occurredAt, raw } = occurrence(timeName, time ?? '', timeZone)
    const { failure, ...details } = rest
    const contacts = receiver?.contacts ?? []
    const common = {
      event,
      ...beside,
      ...details,
      ...known({ receiver, failure, reference, lastStatusAt, createdAt, [timeName]: undefined }),
      ...(isInteraction ? known({ id, status }) : known({ messageId, type })),
      ...(time !== null && raw),
    }
    return (contacts.length > 0 ? contacts : [{ identifierValue: null }]).map(
      ({ identifierValue }): Fact => ({
        messageId: (isInteraction ? messageId : null) ?? id,
        recipient: identifierValue,
        channel: event.split('.')[0] ?? null,
        providerStatus,
        description: reason,
        error: failure ? { code: failure.code, message: reason } : null,
        occurredAt,
        reference,
        common,
        path: 'payload',
      }),
    )
  },
}

const known = (members: JsonObject): JsonObject =>
  Object.fromEntries(Object.entries(members).filter(([, value]) => value !== null && value !== undefined))
