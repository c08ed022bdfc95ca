import { ChangeMessageVisibilityBatchCommand, SendMessageBatchCommand } from '@aws-sdk/client-sqs'
import type { Endpoint } from '../domain/endpoint.ts'
import type { LedgerEvent } from '../domain/event.ts'
import { attemptsOf, isWorthwhile, retryDelay } from '../domain/retry.ts'
import { type Attempts, recordTold } from './endpoints.ts'
import type { Queue } from './queue.ts'
import type { Secrets } from './secrets.ts'
import { batchesOf, type Table } from './table.ts'
import type { Telemetry } from './telemetry.ts'
import { type Answer, postWebhook, type WebhookTarget } from './webhook.ts'

/** An endpoint with its parts. */
export interface EndpointParts extends Pick<WebhookTarget, 'allowPrivate' | 'resolve' | 'timeout'> {
  endpoint: Pick<Endpoint, 'name' | 'url'>
  secrets: Pick<Secrets, 'current'>
  /** Events that wait for it. */
  queue: Queue
  /** Events that it did not take in 14 days. */
  deadLetters: Queue
  /** The states of all endpoints, and what was told to them. */
  webhooks: Table
  telemetry: Pick<Telemetry, 'told' | 'unexpected'>
  /** Milliseconds since 1970. */
  now?: () => number
  random?: () => number
}

/** A message of an endpoint's queue; times in milliseconds since 1970. */
export interface Waiting {
  id: string
  receiptHandle: string
  body: string
  /** How often it was received, this time included. */
  attempts: number
  sentAt: number
}

/** What a batch came to. */
export interface Sent extends Attempts {
  isGone: boolean
  /** Those that stay in the queue. */
  left: Waiting[]
}

interface Job {
  message: Waiting
  /** Undefined where the message is none. */
  event: LedgerEvent | undefined
  answer: Answer | undefined
  at: number
}

/** Of one request, https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html */
const BATCH_SIZE = 10
const MAX_BATCH_BYTES = 250_000

/**
 * Sends messages to an endpoint side by side. What it takes is recorded as told; what it does not take is hidden in the queue until its
 * next attempt, or goes to the dead-letter queue where that would come too late. `resumedAt` is when a pause of the endpoint ended.
 *
 * @throws Error where the secret cannot be read, or is none.
 */
export async function sendEvents(
  parts: EndpointParts,
  messages: readonly Waiting[],
  resumedAt: string | null = null,
): Promise<Sent> {
  const { endpoint, webhooks, telemetry, now = Date.now } = parts
  const { secrets, allowPrivate = false, resolve, timeout } = parts
  const secret = await secrets.current()
  const target = { url: endpoint.url, secret, allowPrivate, ...(resolve && { resolve }), ...(timeout && { timeout }) }

  const jobs = await Promise.all(
    messages.map(async (message): Promise<Job> => {
      const event = eventIn(message.body)
      const answer = event && (await postWebhook(target, event.id, message.body, now()))
      return { message, event, answer, at: now() }
    }),
  )
  const told = jobs.flatMap(({ event, answer, at }) =>
    event && answer?.kind === 'delivered'
      ? [{ event, at: new Date(at).toISOString(), endpoint: endpoint.name, answer: answer.text }]
      : [],
  )
  // The endpoint has them: they must not come again because of a row that is missing.
  await recordTold(webhooks, told, now()).catch(telemetry.unexpected)

  const undelivered = jobs.filter(({ answer }) => answer?.kind !== 'delivered')
  const later = await postpone(parts, undelivered, resumedAt === null ? 0 : Date.parse(resumedAt))
  const failures = undelivered.flatMap(({ answer }) => answer?.text ?? [])
  telemetry.told({
    endpoint: endpoint.name,
    told: told.map(({ event }) => event),
    failures,
    deadLettered: undelivered.length - later.length,
  })
  return {
    delivered: told.length,
    failed: failures.length,
    lastAnswer: jobs.findLast(({ answer }) => answer !== undefined)?.answer?.text ?? '',
    isGone: jobs.some(({ answer }) => answer?.kind === 'gone'),
    left: later.map(({ message }) => message),
  }
}

/** Gives those that stay in the queue. */
async function postpone(parts: EndpointParts, jobs: readonly Job[], resumedAt: number): Promise<Job[]> {
  const { now = Date.now, random = Math.random } = parts
  const planned = jobs.map((job) => {
    const { attempts, sentAt } = job.message
    const counted = attemptsOf(attempts, sentAt < resumedAt ? (now() - resumedAt) / 1_000 : undefined)
    const delay = retryDelay(attempts, job.answer?.retryAfter, random(), counted)
    return { job, delay, isLast: job.event === undefined || !isWorthwhile(sentAt, delay, now()) }
  })
  const expired = planned.filter(({ isLast }) => isLast).map(({ job }) => job.message)
  const moved = await moveToDeadLetters(parts, expired)
  const later = planned.filter(({ job }) => !moved.has(job.message))
  await hide(
    parts,
    later.map(({ job: { message }, delay }) => ({ message, delay })),
  )
  return later.map(({ job }) => job)
}

/** Hides messages in the queue for so many seconds. One that is not hidden comes again earlier, which is no loss. */
export async function hide(
  { queue, telemetry }: Pick<EndpointParts, 'queue' | 'telemetry'>,
  messages: readonly { message: Waiting; delay: number }[],
): Promise<void> {
  for (const batch of batchesOf(messages, BATCH_SIZE)) {
    const Entries = batch.map(({ message: { receiptHandle }, delay }, index) => ({
      Id: String(index),
      ReceiptHandle: receiptHandle,
      VisibilityTimeout: delay,
    }))
    await queue.client
      .send(new ChangeMessageVisibilityBatchCommand({ QueueUrl: queue.url, Entries }))
      .catch(telemetry.unexpected)
  }
}

/**
 * Puts messages into the dead-letter queue, and gives those that are there. As new ones: SQS, where it moves a message itself, keeps the time
 * at which it was sent, and would delete it at once.
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-dead-letter-queues.html
 */
export async function moveToDeadLetters(
  { deadLetters, telemetry }: Pick<EndpointParts, 'deadLetters' | 'telemetry'>,
  messages: readonly Waiting[],
): Promise<Set<Waiting>> {
  const moved = new Set<Waiting>()
  for (const batch of batchesOf(messages, BATCH_SIZE, ({ body }) => Buffer.byteLength(body), MAX_BATCH_BYTES)) {
    const Entries = batch.map(({ body }, index) => ({ Id: String(index), MessageBody: body }))
    try {
      const { Successful = [] } = await deadLetters.client.send(
        new SendMessageBatchCommand({ QueueUrl: deadLetters.url, Entries }),
      )
      for (const { Id } of Successful) moved.add(batch[Number(Id)] as Waiting)
    } catch (error) {
      telemetry.unexpected(error)
    }
  }
  return moved
}

function eventIn(body: string): LedgerEvent | undefined {
  try {
    const event = JSON.parse(body)
    const isEvent = [event.id, event.subject, event.type].every((text) => typeof text === 'string')
    return isEvent && typeof event.data === 'object' && event.data !== null ? event : undefined
  } catch {
    return undefined
  }
}
