import { PublishBatchCommand, type PublishBatchRequestEntry, type SNSClient } from '@aws-sdk/client-sns'
import pMap from 'p-map'
import type { LedgerEvent } from '../domain/event.ts'
import { attributesOf } from '../domain/event-attributes.ts'
import { messageText } from '../domain/message-text.ts'
import { batchesOf, CONCURRENCY, isThrottling, untilNothingLeft } from './table.ts'

/** Where events are published. */
export interface Topic {
  client: SNSClient
  arn: string
}

/** https://docs.aws.amazon.com/sns/latest/api/API_PublishBatch.html: entries, and bytes of all of them together. */
const BATCH_SIZE = 10
const MAX_BATCH_BYTES = 250_000

/** An event as the topic takes it, and what became of it. */
interface Entry {
  event: LedgerEvent
  request: Omit<PublishBatchRequestEntry, 'Id'>
  /** Why it was not taken; undefined where it was, or was not tried. */
  cause?: string
  /** The topic takes all but this one, however often it is tried. */
  isRefused?: boolean
}

/** What became of events that were not published. */
export interface Unpublished {
  /** Those that may be tried again. */
  left: LedgerEvent[]
  refused: LedgerEvent[]
}

/**
 * Publishes events, ten a request; what fails is tried again until the deadline (milliseconds since 1970). Gives the events that the
 * topic has not taken. Never throws.
 */
export async function publish(topic: Topic, events: readonly LedgerEvent[], deadline?: number): Promise<Unpublished> {
  const entries = events.map((event): Entry => ({ event, request: requestOf(event) }))
  const left = await untilNothingLeft(entries, (some) => publishOnce(topic, some), {
    deadline,
    isThrottled: (some) => some.some(({ cause }) => isThrottling(cause)),
  })
  const refused = entries.filter(({ isRefused }) => isRefused)
  return { left: left.map(({ event }) => event), refused: refused.map(({ event }) => event) }
}

async function publishOnce(topic: Topic, entries: readonly Entry[]): Promise<Entry[]> {
  const batches = batchesOf(entries, BATCH_SIZE, bytesOf, MAX_BATCH_BYTES)
  return (await pMap(batches, (batch) => publishBatch(topic, batch), { concurrency: CONCURRENCY })).flat()
}

/** Those of a batch that may be tried again: an answer of 200 may hold failures. */
async function publishBatch(topic: Topic, batch: Entry[]): Promise<Entry[]> {
  try {
    const PublishBatchRequestEntries = batch.map(({ request }, index) => ({ Id: String(index), ...request }))
    const { Failed = [] } = await topic.client.send(
      new PublishBatchCommand({ TopicArn: topic.arn, PublishBatchRequestEntries }),
    )
    const failed = Failed.flatMap(({ Id, Code, SenderFault }) => {
      const entry = batch[Number(Id)]
      return entry === undefined ? [] : [Object.assign(entry, { cause: Code ?? 'unknown', isRefused: SenderFault })]
    })
    return failed.filter(({ isRefused }) => !isRefused)
  } catch (error) {
    const { name } = error as Error
    if (!isOfRequest(error)) return batch.map((entry) => Object.assign(entry, { cause: name }))
    // One event can spoil the whole request: alone, each shows what it is.
    if (batch.length > 1) return (await pMap(batch, (entry) => publishBatch(topic, [entry]))).flat()
    for (const entry of batch) Object.assign(entry, { cause: name, isRefused: true })
    return []
  }
}

/** Whether an error is about what was to be published: SNS says so, or the client cannot write it. */
const isOfRequest = (error: unknown): boolean =>
  error instanceof URIError || /^(Invalid|Validation|BatchRequestTooLong)/.test((error as Error).name)

const bytesOf = ({ request: { Message = '', MessageAttributes = {} } }: Entry): number =>
  Object.entries(MessageAttributes).reduce(
    (bytes, [name, { StringValue = '' }]) => bytes + Buffer.byteLength(name + StringValue) + 'String'.length,
    Buffer.byteLength(Message),
  )

const requestOf = (event: LedgerEvent): Entry['request'] => ({
  Message: messageText(event),
  MessageAttributes: Object.fromEntries(
    Object.entries(attributesOf(event)).map(([name, StringValue]) => [name, { DataType: 'String', StringValue }]),
  ),
})
