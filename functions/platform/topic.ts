import { PublishBatchCommand, type PublishBatchRequestEntry, type SNSClient } from '@aws-sdk/client-sns'
import pMap from 'p-map'
import type { LedgerEvent } from '../domain/event.ts'
import { batchesOf, CONCURRENCY, isThrottling, untilNothingLeft } from './table.ts'

/** Where events are published. */
export interface Topic {
  client: SNSClient
  arn: string
}

/** https://docs.aws.amazon.com/sns/latest/api/API_PublishBatch.html: entries, and bytes of all of them together. */
const BATCH_SIZE = 10
const MAX_BATCH_BYTES = 250_000

/** What consumers may filter by, https://docs.aws.amazon.com/sns/latest/dg/sns-message-filtering.html */
const ATTRIBUTES = ['provider', 'channel', 'status', 'final', 'campaign'] as const

/** An event, and what became of it. */
interface Entry {
  event: LedgerEvent
  text: string
  /** Why it was not taken; undefined where it was, or was not tried. */
  cause?: string
}

/**
 * Publishes events, ten a request; what fails is tried again until the deadline (milliseconds since 1970). Gives the events that the
 * topic has not taken. Never throws.
 */
export async function publish(topic: Topic, events: readonly LedgerEvent[], deadline?: number): Promise<LedgerEvent[]> {
  const entries = events.map((event): Entry => ({ event, text: JSON.stringify(event) }))
  const left = await untilNothingLeft(entries, (some) => publishOnce(topic, some), {
    deadline,
    isThrottled: (some) => some.some(({ cause }) => isThrottling(cause)),
  })
  return left.map(({ event }) => event)
}

async function publishOnce(topic: Topic, entries: readonly Entry[]): Promise<Entry[]> {
  const batches = batchesOf(entries, BATCH_SIZE, ({ text }) => Buffer.byteLength(text), MAX_BATCH_BYTES)
  return (await pMap(batches, (batch) => publishBatch(topic, batch), { concurrency: CONCURRENCY })).flat()
}

/** Those of a batch that the topic has not taken: an answer of 200 may hold failures. */
async function publishBatch({ client, arn }: Topic, batch: Entry[]): Promise<Entry[]> {
  try {
    const { Failed = [] } = await client.send(
      new PublishBatchCommand({ TopicArn: arn, PublishBatchRequestEntries: batch.map(requestOf) }),
    )
    return Failed.flatMap(({ Id, Code }) => {
      const entry = batch[Number(Id)]
      return entry === undefined ? [] : [Object.assign(entry, { cause: Code ?? 'unknown' })]
    })
  } catch (error) {
    return batch.map((entry) => Object.assign(entry, { cause: (error as Error).name }))
  }
}

const requestOf = ({ event, text }: Entry, index: number): PublishBatchRequestEntry => ({
  Id: String(index),
  Message: text,
  MessageAttributes: Object.fromEntries(
    [['type', event.type] as const, ...ATTRIBUTES.map((name) => [name, event.data[name]] as const)]
      // An attribute must not be empty.
      .filter(([, value]) => value !== null && value !== '')
      .map(([name, value]) => [name, { DataType: 'String', StringValue: String(value) }]),
  ),
})
