import * as z from 'zod/mini'
import { type JsonObject, jsonObject } from '../../domain/body/json.ts'
import type { Normalizer } from '../../domain/normalizer.ts'
import { optionalWord, read, word } from '../../domain/payload.ts'
import type { Status } from '../../domain/status.ts'

const STATUSES = {
  SENT: 'sent',
  FAILED: 'failed',
  DELIVERED: 'delivered',
  UNDELIVERED: 'undelivered',
  SKIPPED: 'skipped',
} as const satisfies Record<string, Status>

const payload = z.looseObject({ status: word, error_code: optionalWord, error_message: optionalWord })

/** The mapping of https://docs.avaamo.com/user-guide/outreach/outreach-rest-apis/status-callback-url-outreach-custom-channel */
export const normalizer: Normalizer<JsonObject> = {
  version: 1,
  body: jsonObject,
  statuses: STATUSES,

  facts(json, { callback }) {
    const { status, error_code, error_message, ...reported } = read(payload, json)
    return [
      {
        messageId: callback.pathParameters.recipient_uuid as string,
        providerStatus: status,
        error: errorOf(error_code, error_message),
        occurredAt: null,
        // With a code the message does not count, but it has arrived.
        details: error_code !== null && error_message !== null ? { ...reported, error_message } : reported,
      },
    ]
  },
}

/** Avaamo's standard messages of its codes are not public, so a code's message is the one that it gives to unlisted codes. */
function errorOf(code: string | null, message: string | null) {
  if (code !== null) return { code, message: 'Unknown error' }
  return message === null ? null : { code, message }
}
