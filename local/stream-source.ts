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

/** Starts to feed the handler with a table's stream, a batch of one shard at a time. */
export function startStreamSource(
  table: Table,
  client: DynamoDBStreamsClient,
  handler: (event: DynamoDBStreamEvent) => Promise<void>,
  { batchSize }: { batchSize: number },
): StreamSource {
  let isDraining = false
  const reading = new Map<string, Promise<void>>()

  async function readShards(): Promise<void> {
    while (!isDraining) {
      try {
        const { Table } = await table.client.send(new DescribeTableCommand({ TableName: table.name }))
        const StreamArn = Table?.LatestStreamArn
        const { StreamDescription } = await client.send(new DescribeStreamCommand({ StreamArn }))
        for (const { ShardId = '' } of StreamDescription?.Shards ?? [])
          if (!reading.has(ShardId)) reading.set(ShardId, readShard(StreamArn, ShardId))
      } catch {
        // The emulator cannot be reached: it is asked again.
      }
      for (let waited = 0; waited < SHARDS_PAUSE && !isDraining; waited += PAUSE) await sleep(PAUSE)
    }
  }

  async function readShard(StreamArn: string | undefined, ShardId: string): Promise<void> {
    let position: { SequenceNumber?: string; ShardIteratorType: 'TRIM_HORIZON' | 'AFTER_SEQUENCE_NUMBER' } = {
      ShardIteratorType: 'TRIM_HORIZON',
    }
    let iterator: string | undefined
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
        const SequenceNumber = Records.at(-1)?.dynamodb?.SequenceNumber
        if (SequenceNumber !== undefined) position = { SequenceNumber, ShardIteratorType: 'AFTER_SEQUENCE_NUMBER' }
        if (NextShardIterator === undefined) return
        iterator = NextShardIterator
        if (Records.length > 0) continue
        if (isDraining) return
        await sleep(PAUSE)
      } catch {
        // The emulator cannot be reached, or the handler threw: the same records are read again.
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

/** As Lambda hands it over: a moment in seconds. */
const recordOf = ({ dynamodb: { ApproximateCreationDateTime, ...change } = {}, ...record }: _Record): DynamoDBRecord =>
  ({
    ...record,
    dynamodb: { ...change, ApproximateCreationDateTime: Number(ApproximateCreationDateTime) / 1_000 },
  }) as DynamoDBRecord
