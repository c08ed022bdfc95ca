import {
  CreateTableCommand,
  DeleteTableCommand,
  type DynamoDBClient,
  type KeySchemaElement,
  ResourceInUseException,
} from '@aws-sdk/client-dynamodb'
import { CreateQueueCommand, DeleteQueueCommand, GetQueueAttributesCommand, type SQSClient } from '@aws-sdk/client-sqs'
import type { Index } from '../functions/platform/delivery-indexes.ts'
import type { Queue } from '../functions/platform/queue.ts'
import type { Table } from '../functions/platform/table.ts'

/** What a table may have besides its key: indexes, and a stream with each row as it is then, or also as it was before. */
export interface TableOptions {
  indexes?: Readonly<Record<string, Index>>
  stream?: 'NEW_IMAGE' | 'NEW_AND_OLD_IMAGES'
}

/** Creates a table with the keys `pk` and `sk`, unless it is there already. */
export async function createTable(
  client: DynamoDBClient,
  name: string,
  { indexes = {}, stream }: TableOptions = {},
): Promise<Table> {
  const names = ['pk', 'sk', ...new Set(Object.values(indexes).flatMap(({ partition, sort }) => [partition, sort]))]
  const command = new CreateTableCommand({
    TableName: name,
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: names.map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
    KeySchema: keySchema('pk', 'sk'),
    ...(Object.keys(indexes).length > 0 && {
      GlobalSecondaryIndexes: Object.entries(indexes).map(([IndexName, { partition, sort }]) => ({
        IndexName,
        KeySchema: keySchema(partition, sort),
        Projection: { ProjectionType: 'KEYS_ONLY' },
      })),
    }),
    ...(stream && { StreamSpecification: { StreamEnabled: true, StreamViewType: stream } }),
  })
  await client.send(command).catch((error) => {
    if (!(error instanceof ResourceInUseException)) throw error
  })
  return { client, name }
}

const keySchema = (partition: string, sort: string): KeySchemaElement[] => [
  { AttributeName: partition, KeyType: 'HASH' },
  { AttributeName: sort, KeyType: 'RANGE' },
]

/** Creates a queue without a dead-letter queue, unless it is there already. */
export const createPlainQueue = (client: SQSClient, name: string): Promise<Queue> => create(client, name, {})

/** Creates a queue and its dead-letter queue, unless they are there already; the timeout in seconds. */
export async function createQueue(
  client: SQSClient,
  name: string,
  { visibilityTimeout, maxReceiveCount }: { visibilityTimeout: number; maxReceiveCount: number },
): Promise<{ queue: Queue; deadLetters: Queue }> {
  const deadLetters = await create(client, `${name}-dead-letters`, {})
  const { Attributes } = await client.send(
    new GetQueueAttributesCommand({ QueueUrl: deadLetters.url, AttributeNames: ['QueueArn'] }),
  )
  const queue = await create(client, name, {
    VisibilityTimeout: String(visibilityTimeout),
    RedrivePolicy: JSON.stringify({ deadLetterTargetArn: Attributes?.QueueArn, maxReceiveCount }),
  })
  return { queue, deadLetters }
}

async function create(client: SQSClient, QueueName: string, Attributes: Record<string, string>): Promise<Queue> {
  const { QueueUrl = '' } = await client.send(new CreateQueueCommand({ QueueName, Attributes }))
  return { client, url: QueueUrl }
}

/** Deletes a table, unless its emulator has ended. */
export const deleteTable = (client: DynamoDBClient, TableName: string) =>
  client.send(new DeleteTableCommand({ TableName })).catch(() => {})

/** Deletes a queue, unless its emulator has ended. */
export const deleteQueue = (client: SQSClient, QueueUrl: string) =>
  client.send(new DeleteQueueCommand({ QueueUrl })).catch(() => {})
