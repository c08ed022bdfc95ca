import { isUtf8 } from 'node:buffer'

/** The largest queue message in bytes, https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html */
export const MAX_QUEUE_MESSAGE_BYTES = 1_048_576

/** One HTTP request of a provider, exactly as it arrived, as it travels through the queue and rests in quarantine. */
export interface Callback {
  provider: string
  /** The gateway's id of the request. */
  requestId: string
  /** RFC 3339, UTC, milliseconds. */
  receivedAt: string
  pathParameters: Record<string, string>
  /** The raw query string, without the key. */
  query: string
  contentType: string | null
  /** The body, byte for byte. */
  body: string
  encoding: 'utf8' | 'base64'
  /** Set where it comes out of quarantine again, which it leaves when it succeeds. */
  replay?: true
}

/** A body of any bytes as a string that can be turned back into the same bytes. */
export function encodeBody(bytes: Buffer): Pick<Callback, 'body' | 'encoding'> {
  const encoding = isUtf8(bytes) ? 'utf8' : 'base64'
  return { body: bytes.toString(encoding), encoding }
}

/** The bytes that the provider sent. */
export const decodeBody = ({ body, encoding }: Pick<Callback, 'body' | 'encoding'>): Buffer =>
  Buffer.from(body, encoding)

/**
 * The callback as the text of a queue message. SQS refuses U+FFFE and U+FFFF, which JSON may carry as they are, so they
 * are escaped, and with them all beyond the basic plane, which emulators refuse; the rest JSON escapes anyway.
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html
 */
export const serializeCallback = (callback: Callback): string =>
  JSON.stringify(callback).replace(/[\uD800-\uDFFF\uFFFE\uFFFF]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16)}`)

/**
 * The callback in a queue message.
 *
 * @throws Error where the text is not a callback: nothing of ours wrote it.
 */
export function parseCallback(text: string): Callback {
  const callback = JSON.parse(text)
  const isCallback =
    typeof callback?.provider === 'string' &&
    typeof callback.requestId === 'string' &&
    typeof callback.receivedAt === 'string' &&
    typeof callback.body === 'string' &&
    (callback.encoding === 'utf8' || callback.encoding === 'base64')
  if (!isCallback) throw new Error('expected a callback: provider, requestId, receivedAt, body and encoding')
  return callback
}
