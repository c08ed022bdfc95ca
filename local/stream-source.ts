import { setTimeout as sleep } from 'node:timers/promises'
import { DescribeTableCommand } from '@aws-sdk/client-dynamodb'
import {
  type _Record,
  DescribeStreamCommand,
  type DynamoDBStreamsClient,
  GetRecordsCommand,
  GetShardIteratorCommand,
} from '@aws-sdk/client-dynamodb-streams'
import type { DynamoDBRecord, DynamoDBStreamEvent } from 'aws-lambda'
import type { Table } from '../functions/platform/table.ts'

/** What Lambda's pollers of a table's stream do: read each shard from its beginning, and invoke with each batch until it succeeds. */
export interface StreamSource {
  /** Reads what the stream can give now, then stops. */
  drain(): Promise<void>
}

/** Milliseconds. */
const PAUSE = 50
const PAUSE_AFTER_ERROR = 500
const SHARDS_PAUSE = 1_000

/** How long an error may last before it is reported, in milliseconds: an emulator may be away for a moment. */
const LASTING = 3_000

/** How a stream is read. */
export interface StreamSourceOptions {
  batchSize: number
  /** Receives an error that lasts, once. */
  unexpected?(error: unknown): void
}

/** Starts to feed the handler with a table's stream, a batch of one shard at a time. */
export function startStreamSource(
  table: Table,
  client: DynamoDBStreamsClient,
  handler: (event: DynamoDBStreamEvent) => Promise<void>,
  { batchSize, unexpected = () => {} }: StreamSourceOptions,
): StreamSource {
  let isDraining = false
  const reading = new Map<string, Promise<void>>()

  async function readShards(): Promise<void> {
    const errors = watch(unexpected)
    while (!isDraining) {
      try {
        const { Table } = await table.client.send(new DescribeTableCommand({ TableName: table.name }))
        const StreamArn = Table?.LatestStreamArn
        if (StreamArn === undefined) throw new Error(`${table.name}: the table has no stream`)
        const { StreamDescription } = await client.send(new DescribeStreamCommand({ StreamArn }))
        for (const { ShardId = '' } of StreamDescription?.Shards ?? [])
          if (!reading.has(ShardId)) reading.set(ShardId, readShard(StreamArn, ShardId))
        errors.ended()
      } catch (error) {
        // The emulator cannot be reached: it is asked again.
        errors.occurred(error)
      }
      for (let waited = 0; waited < SHARDS_PAUSE && !isDraining; waited += PAUSE) await sleep(PAUSE)
    }
  }

  async function readShard(StreamArn: string, ShardId: string): Promise<void> {
    let position: { SequenceNumber?: string; ShardIteratorType: 'TRIM_HORIZON' | 'AFTER_SEQUENCE_NUMBER' } = {
      ShardIteratorType: 'TRIM_HORIZON',
    }
    let iterator: string | undefined
    const errors = watch(unexpected)
    while (true) {
      try {
        if (iterator === undefined) {
          const { ShardIterator } = await client.send(new GetShardIteratorCommand({ StreamArn, ShardId, ...position }))
          iterator = ShardIterator
        }
        const { Records = [], NextShardIterator } = await client.send(
          new GetRecordsCommand({ ShardIterator: iterator, Limit: batchSize }),
        )
        if (Records.length > 0) await handler({ Records: Records.map(recordOf) })
        errors.ended()
        const SequenceNumber = Records.at(-1)?.dynamodb?.SequenceNumber
        if (SequenceNumber !== undefined) position = { SequenceNumber, ShardIteratorType: 'AFTER_SEQUENCE_NUMBER' }
        if (NextShardIterator === undefined) return
        iterator = NextShardIterator
        if (Records.length > 0) continue
        if (isDraining) return
        await sleep(PAUSE)
      } catch (error) {
        // The emulator cannot be reached, or the handler threw: the same records are read again.
        errors.occurred(error)
        if (isDraining) return
        iterator = undefined
        await sleep(PAUSE_AFTER_ERROR)
      }
    }
  }

  const shards = readShards()
  return {
    async drain() {
      isDraining = true
      await shards
      await Promise.all(reading.values())
    },
  }
}

/** Reports an error that lasts, and no other until one try succeeds. */
function watch(report: (error: unknown) => void) {
  let since: number | undefined
  let isReported = false
  return {
    occurred(error: unknown) {
      since ??= Date.now()
      if (isReported || Date.now() - since < LASTING) return
      isReported = true
      report(error)
    },
    ended() {
      since = undefined
      isReported = false
    },
  }
}

/** As Lambda hands it over: a moment in seconds. */
const recordOf = ({ dynamodb: { ApproximateCreationDateTime, ...change } = {}, ...record }: _Record): DynamoDBRecord =>
  ({
    ...record,
    dynamodb: { ...change, ApproximateCreationDateTime: Number(ApproximateCreationDateTime) / 1_000 },
  }) as DynamoDBRecord
