import { Malformed } from '../payload.ts'
import { type JsonObject, jsonInMember } from './json.ts'

/** What SNS posts, and the JSON that its `Message` holds; undefined where that is a text, as in SNS's own news of a subscription. */
export interface SnsNotification {
  outer: JsonObject
  inner: JsonObject | undefined
}

/** A notification of SNS, https://docs.aws.amazon.com/sns/latest/dg/sns-message-and-json-formats.html */
export const snsNotification = jsonInMember('Message')

/** The kind of what SNS itself says, or of a text message; undefined for all else. */
export function noticeIn({ outer, inner }: SnsNotification): string | undefined {
  if (outer.Type === 'UnsubscribeConfirmation') return 'unsubscribe_confirmation'
  return inner === undefined && typeof outer.Message === 'string' ? 'notice' : undefined
}

/** The JSON of a notification; throws Malformed where it has none. */
export function messageIn({ inner }: SnsNotification): JsonObject {
  if (inner === undefined) throw new Malformed(['Message: expected text'])
  return inner
}
