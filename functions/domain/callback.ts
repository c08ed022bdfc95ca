import { isUtf8 } from 'node:buffer'
import { gunzipSync, gzipSync } from 'node:zlib'
import { messageText } from './message-text.ts'
import { keptBody, type Withheld } from './proof/proof.ts'
import { queryOf, type Request, withoutParameters } from './request.ts'

/** The largest queue message in bytes, https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html */
export const MAX_QUEUE_MESSAGE_BYTES = 1_048_576

/**
 * The largest body in bytes: a function is given up to 6 MB, in which a body that is no text takes a third more.
 * https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
 */
export const MAX_BODY_BYTES = 4_700_000

/** One HTTP request of a provider, exactly as it arrived, as it is sent through the queue and kept in quarantine. */
export interface Callback {
  provider: string
  /** Which of several accounts with the provider. */
  account?: string
  /** The gateway's id of the request. */
  requestId: string
  /** RFC 3339, UTC, milliseconds. */
  receivedAt: string
  method: string
  pathParameters: Record<string, string>
  /** The raw query string, without keys and signatures. */
  query: string
  contentType: string | null
  /** The body, byte for byte, without signatures of its own. */
  body: string
  encoding: 'utf8' | 'base64'
  /** Set for a replay; the item leaves the quarantine when the replay succeeds. */
  replay?: true
}

/** The part of a request that is kept: everything except keys and signatures. */
export function callbackOf(
  { method, url, headers, body, receivedAt }: Request,
  withheld: Withheld = {},
  about: Pick<Callback, 'provider' | 'account' | 'requestId' | 'pathParameters'>,
): Callback {
  return {
    ...about,
    receivedAt: new Date(receivedAt).toISOString(),
    method,
    query: withoutParameters(queryOf(url), withheld.query ?? []),
    contentType: headers['content-type'] ?? null,
    ...encodeBody(keptBody(body, withheld)),
  }
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
 * The callback as the text of a queue message; one that would be too large has its body compressed, and may be too large
 * even so.
 */
export function serializeCallback(callback: Callback, limit = MAX_QUEUE_MESSAGE_BYTES): string {
  const text = messageText(callback)
  if (Buffer.byteLength(text) <= limit) return text
  return messageText({ ...callback, body: gzipSync(decodeBody(callback)).toString('base64'), encoding: 'gzip' })
}

/**
 * The callback in a queue message, its body as it was before it was compressed.
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
    ['utf8', 'base64', 'gzip'].includes(callback.encoding)
  if (!isCallback) throw new Error('expected a callback: provider, requestId, receivedAt, body and encoding')
  // Messages written before methods were kept are all POSTs.
  callback.method ??= 'POST'
  if (callback.encoding !== 'gzip') return callback
  const bytes = gunzipSync(Buffer.from(callback.body, 'base64'), { maxOutputLength: MAX_BODY_BYTES })
  return { ...callback, ...encodeBody(bytes) }
}
