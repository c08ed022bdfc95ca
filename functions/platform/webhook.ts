import { Agent as HttpAgent, type IncomingMessage, request as requestHttp } from 'node:http'
import { Agent as HttpsAgent, request as requestHttps } from 'node:https'
import { signedHeaders } from '../domain/proof/standard-webhooks.ts'
import type { Secret } from '../domain/request.ts'
import { retryAfterIn } from '../domain/retry.ts'
import { isPrivateHost, publicLookup, RefusedAddress, type Resolve } from './webhook-address.ts'

/** How an endpoint answered. */
export interface Answer {
  /** `delivered` is 2xx; `gone` is 410, by which it wants no more. */
  kind: 'delivered' | 'failed' | 'gone'
  /** The HTTP status as text, or a short cause such as `timeout`. */
  text: string
  /** Seconds that a 429 or a 503 asks to wait. */
  retryAfter?: number | undefined
}

/** Where and how a webhook is sent. */
export interface WebhookTarget {
  url: string
  secret: Secret
  /** Whether plain HTTP and private addresses are allowed: on the local stack only. */
  allowPrivate?: boolean
  /** The DNS, by default this machine's. */
  resolve?: Resolve
  /** Milliseconds for all of it. */
  timeout?: number
}

/** https://www.standardwebhooks.com asks for 15 to 30 seconds. */
const TIMEOUT = 15_000

/** What is read of an answer's body, which nobody looks at, before the connection is closed. */
const MAX_ANSWER_BYTES = 16 * 1024

/** No connection is kept: a Lambda that was frozen would find it dead. TLS sessions are, which makes the next handshake short. */
const AGENTS = { 'http:': new HttpAgent(), 'https:': new HttpsAgent() }

/**
 * Posts a body as a Standard Webhook, signed at `now` (milliseconds since 1970). Redirects are not followed.
 *
 * @throws Error where the secret is no key.
 */
export async function postWebhook(target: WebhookTarget, id: string, text: string, now = Date.now()): Promise<Answer> {
  const body = Buffer.from(text)
  const headers = {
    'content-type': 'application/json',
    'content-length': body.length,
    'user-agent': 'delivery-ledger',
    ...signedHeaders(id, Math.floor(now / 1_000), body, target.secret),
  }
  try {
    return answerOf(await post(target, headers, body), now)
  } catch (error) {
    return { kind: 'failed', text: causeOf(error as NodeJS.ErrnoException) }
  }
}

async function post(target: WebhookTarget, headers: Record<string, string | number>, body: Buffer) {
  const { allowPrivate = false, resolve, timeout = TIMEOUT } = target
  const url = new URL(target.url)
  if (!allowPrivate && (url.protocol !== 'https:' || isPrivateHost(url))) throw new RefusedAddress()
  const isPlain = url.protocol === 'http:'
  const signal = AbortSignal.timeout(timeout)
  const { promise, resolve: done, reject } = Promise.withResolvers<IncomingMessage>()
  const request = (isPlain ? requestHttp : requestHttps)(url, {
    method: 'POST',
    headers,
    signal,
    agent: AGENTS[isPlain ? 'http:' : 'https:'],
    ...(!allowPrivate && { lookup: publicLookup(resolve) }),
    rejectUnauthorized: true,
  })
  // A connection that another protocol takes over just closes.
  request
    .once('response', done)
    .on('error', reject)
    .once('close', () => reject(new Closed()))
    .end(body)
  const response = await promise
  await read(response)
  request.destroy()
  return response
}

/** Reads an answer to its end, or some of it; its status is known already, so nothing that happens here matters. */
async function read(response: IncomingMessage): Promise<void> {
  let bytes = 0
  try {
    for await (const chunk of response) {
      bytes += chunk.length
      if (bytes > MAX_ANSWER_BYTES) return
    }
  } catch {}
}

function answerOf({ statusCode = 0, headers }: IncomingMessage, now: number): Answer {
  const text = String(statusCode)
  if (statusCode >= 200 && statusCode < 300) return { kind: 'delivered', text }
  if (statusCode === 410) return { kind: 'gone', text }
  const retryAfter = [429, 503].includes(statusCode) ? retryAfterIn(headers['retry-after'], now) : undefined
  return { kind: 'failed', text, retryAfter }
}

/** The connection ended before an answer. */
class Closed extends Error {
  override readonly name = 'Closed'
}

const CAUSES: Record<string, string> = {
  RefusedAddress: 'refused address',
  Closed: 'closed',
  ABORT_ERR: 'timeout',
  ETIMEDOUT: 'timeout',
  ECONNRESET: 'closed',
  EPIPE: 'closed',
  ECONNREFUSED: 'no connection',
  EHOSTUNREACH: 'no connection',
  ENETUNREACH: 'no connection',
  ENOTFOUND: 'no such host',
  EAI_AGAIN: 'no answer of the DNS',
}

/** An error in a few words, without its message, which may quote the URL. */
function causeOf(error: NodeJS.ErrnoException): string {
  // Of several addresses that were tried.
  if (error instanceof AggregateError && error.errors.length > 0) return causeOf(error.errors[0])
  const { name, code = name } = error
  if (/CERT|SELF_SIGNED|VERIFY|ERR_TLS/.test(code)) return 'certificate'
  if (/^HPE_/.test(code)) return 'no HTTP'
  return CAUSES[name] ?? CAUSES[code] ?? code
}
