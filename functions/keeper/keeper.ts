import { DeleteMessageBatchCommand, type Message, ReceiveMessageCommand } from '@aws-sdk/client-sqs'
import { isProbeDue } from '../domain/endpoint.ts'
import { readState, recordAttempts, recordProbe, resumeEndpoint } from '../platform/endpoints.ts'
import { type EndpointParts, hide, moveToDeadLetters, sendEvents, type Waiting } from '../platform/sending.ts'
import type { Telemetry } from '../platform/telemetry.ts'

/** What feeds the senders from their queues, by the names of their endpoints; to pause what is paused does nothing. */
export interface Mappings {
  pause(name: string): Promise<unknown>
  resume(name: string): Promise<unknown>
}

/** What the keeper works with. */
export interface KeeperOptions {
  endpoints: readonly EndpointParts[]
  mappings: Mappings
  telemetry: Pick<Telemetry, 'kept'>
}

/** A message that waits for a paused endpoint longer is moved, in milliseconds: SQS deletes it after 14 days. */
const LONGEST_WAIT = 13 * 24 * 3_600_000

/** How long such messages are looked for, in milliseconds of the function's minute, and by how many loops. */
const RESCUE_PATIENCE = 25_000
const RESCUERS = 8

/** Seconds for which a message is hidden that is probed with, or looked at: longer than either takes. */
const LOOK = 45

/** Seconds after which a message is probed with again, where it is the only one: before the next probe. */
const NEXT_PROBE = 60

/** Attempts after which a message waits by its schedule even so: SQS takes one for poison that it was asked for 1,000 times. */
const MOST_PROBES = 500

/**
 * The handler of a schedule of a minute: turns the flow to each endpoint off and on by its state, tries a paused one with one of its
 * messages every three minutes, and resumes it where it takes it.
 *
 * @throws Error where an endpoint could not be kept; the others are.
 */
export function createKeeper({ endpoints, mappings, telemetry }: KeeperOptions) {
  return async (): Promise<void> => {
    const kept = await Promise.allSettled(endpoints.map(keep))
    const failed = kept.find((result) => result.status === 'rejected')
    if (failed !== undefined) throw failed.reason
  }

  async function keep(parts: EndpointParts): Promise<void> {
    const { now = Date.now } = parts
    const { name } = parts.endpoint
    // A probe may take a quarter of a minute: what belongs to this minute is decided before it.
    const startedAt = now()
    const state = await readState(parts.webhooks, name)
    telemetry.kept(name, state.state === 'paused')
    if (state.state === 'flowing') {
      await mappings.resume(name)
      return
    }
    await mappings.pause(name)
    try {
      if (isProbeDue(state, startedAt)) await probe(parts)
    } finally {
      // Also where nothing can be sent, for example without a secret: SQS deletes what is too old all the same.
      if (isFullHour(startedAt)) await rescue(parts)
    }
  }

  async function probe(parts: EndpointParts): Promise<void> {
    const { now = Date.now } = parts
    const { name } = parts.endpoint
    const messages = await receive(parts, 1)
    if (messages.length === 0) return
    const sent = await sendEvents(parts, messages)
    await remove(
      parts,
      messages.filter((message) => !sent.left.includes(message)),
    )
    const again = sent.left.filter(({ attempts }) => attempts < MOST_PROBES)
    await hide(
      parts,
      again.map((message) => ({ message, delay: NEXT_PROBE })),
    )
    if (sent.delivered + sent.failed === 0) return
    await recordAttempts(parts.webhooks, name, sent, now())
    await recordProbe(parts.webhooks, name, now())
    if (sent.delivered === 0) return
    await resumeEndpoint(parts.webhooks, name, 'probe', now())
    await mappings.resume(name)
  }

  async function rescue(parts: EndpointParts): Promise<void> {
    const { now = Date.now } = parts
    const deadline = Date.now() + RESCUE_PATIENCE
    const moveSome = async () => {
      while (Date.now() < deadline) {
        const messages = await receive(parts, 10)
        if (messages.length === 0) return
        const old = messages.filter(({ sentAt }) => now() - sentAt >= LONGEST_WAIT)
        await remove(parts, [...(await moveToDeadLetters(parts, old))])
      }
    }
    await Promise.all(Array.from({ length: RESCUERS }, moveSome))
  }
}

/** What is done once an hour: a message that is looked at counts as received, and SQS takes one for poison after 1,000 times. */
const isFullHour = (now: number): boolean => new Date(now).getUTCMinutes() === 0

async function receive({ queue }: EndpointParts, MaxNumberOfMessages: number): Promise<Waiting[]> {
  const { Messages = [] } = await queue.client.send(
    new ReceiveMessageCommand({
      QueueUrl: queue.url,
      MaxNumberOfMessages,
      VisibilityTimeout: LOOK,
      // Long polling asks all of the queue's servers: of few messages a short one may find none.
      WaitTimeSeconds: 1,
      MessageSystemAttributeNames: ['ApproximateReceiveCount', 'SentTimestamp'],
    }),
  )
  return Messages.map(waitingOf)
}

async function remove({ queue }: EndpointParts, messages: readonly Waiting[]): Promise<void> {
  if (messages.length === 0) return
  const Entries = messages.map(({ receiptHandle }, index) => ({ Id: String(index), ReceiptHandle: receiptHandle }))
  await queue.client.send(new DeleteMessageBatchCommand({ QueueUrl: queue.url, Entries }))
}

const waitingOf = ({ MessageId = '', ReceiptHandle = '', Body = '', Attributes = {} }: Message): Waiting => ({
  id: MessageId,
  receiptHandle: ReceiptHandle,
  body: Body,
  attempts: Number(Attributes.ApproximateReceiveCount),
  sentAt: Number(Attributes.SentTimestamp),
})
