import {
  type AttributeDefinition,
  CreateTableCommand,
  DeleteTableCommand,
  DescribeTableCommand,
  type DynamoDBClient,
  type GlobalSecondaryIndex,
  type KeySchemaElement,
  ResourceInUseException,
  UpdateTableCommand,
  type UpdateTableCommandInput,
  waitUntilTableExists,
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

/** Creates a table with the keys `pk` and `sk`; one that is there already gets the indexes and the stream that it lacks. */
export async function createTable(client: DynamoDBClient, name: string, options: TableOptions = {}): Promise<Table> {
  const { indexes = {}, stream } = options
  const command = new CreateTableCommand({
    TableName: name,
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: attributes(['pk', 'sk', ...Object.values(indexes).flatMap(namesOf)]),
    KeySchema: keySchema('pk', 'sk'),
    ...(Object.keys(indexes).length > 0 && { GlobalSecondaryIndexes: Object.entries(indexes).map(indexOf) }),
    ...(stream && { StreamSpecification: { StreamEnabled: true, StreamViewType: stream } }),
  })
  try {
    await client.send(command)
  } catch (error) {
    if (!(error instanceof ResourceInUseException)) throw error
    await complete(client, name, options)
  }
  return { client, name }
}

/** Adds what a table of an earlier version lacks; DynamoDB adds one thing in an update. */
async function complete(client: DynamoDBClient, TableName: string, { indexes = {}, stream }: TableOptions) {
  const { Table } = await client.send(new DescribeTableCommand({ TableName }))
  const present = new Set(Table?.GlobalSecondaryIndexes?.map(({ IndexName }) => IndexName))
  const missing = Object.entries(indexes).filter(([name]) => !present.has(name))
  const update = async (change: Partial<UpdateTableCommandInput>) => {
    await client.send(new UpdateTableCommand({ TableName, ...change }))
    await waitUntilTableExists({ client, minDelay: 1, maxWaitTime: 60 }, { TableName })
  }
  for (const [name, index] of missing)
    await update({
      AttributeDefinitions: attributes(['pk', 'sk', ...namesOf(index)]),
      GlobalSecondaryIndexUpdates: [{ Create: indexOf([name, index]) }],
    })
  if (stream !== undefined && Table?.StreamSpecification?.StreamEnabled !== true)
    await update({ StreamSpecification: { StreamEnabled: true, StreamViewType: stream } })
}

const namesOf = ({ partition, sort }: Index): string[] => [partition, sort]

const attributes = (names: readonly string[]): AttributeDefinition[] =>
  [...new Set(names)].map((AttributeName) => ({ AttributeName, AttributeType: 'S' }))

const indexOf = ([IndexName, { partition, sort }]: [string, Index]): GlobalSecondaryIndex => ({
  IndexName,
  KeySchema: keySchema(partition, sort),
  Projection: { ProjectionType: 'KEYS_ONLY' },
})

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
