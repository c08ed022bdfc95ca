import type { SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda'
import { isFailing } from '../domain/endpoint.ts'
import { pauseEndpoint, readState, recordAttempts } from '../platform/endpoints.ts'
import { type EndpointParts, type Sent, sendEvents, type Waiting } from '../platform/sending.ts'

/**
 * The handler of an endpoint's queue: sends each event, and pauses the endpoint where it fails on and on, or wants no more. While it is
 * paused nothing is sent: its messages stay in the queue.
 */
export function createSender(parts: EndpointParts) {
  const { endpoint, webhooks, telemetry, now = Date.now } = parts

  return async ({ Records }: SQSEvent): Promise<SQSBatchResponse> => {
    const messages = Records.map(waitingOf)
    const { state, since } = await readState(webhooks, endpoint.name)
    if (state === 'paused') return failuresOf(messages)
    const sent = await sendEvents(parts, messages, since)
    // The endpoint has its events, whether or not that can be written down.
    await keep(sent).catch(telemetry.unexpected)
    return failuresOf(sent.left)
  }

  async function keep(sent: Sent): Promise<void> {
    if (sent.delivered + sent.failed === 0) return
    const state = await recordAttempts(webhooks, endpoint.name, sent, now())
    const reason = sent.isGone ? 'gone' : isFailing(state, now()) ? 'failures' : undefined
    if (reason !== undefined) await pauseEndpoint(webhooks, endpoint.name, reason, now())
  }
}

const failuresOf = (messages: readonly Waiting[]): SQSBatchResponse => ({
  batchItemFailures: messages.map(({ id }) => ({ itemIdentifier: id })),
})

const waitingOf = ({ messageId, receiptHandle, body, attributes }: SQSRecord): Waiting => ({
  id: messageId,
  receiptHandle,
  body,
  attempts: Number(attributes.ApproximateReceiveCount),
  sentAt: Number(attributes.SentTimestamp),
})
