import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { SQSClient } from '@aws-sdk/client-sqs'
import type {
  APIGatewayProxyEventV2,
  APIGatewayProxyStructuredResultV2,
  Context,
  SQSBatchResponse,
  SQSEvent,
} from 'aws-lambda'
import { FRUGAL } from '../functions/platform/clients.ts'
import { fixedSecret } from '../functions/platform/secrets.ts'
import { cloudWatchTelemetry } from '../functions/platform/telemetry.ts'
import { providers } from '../functions/providers/index.ts'
import { octopush } from '../functions/providers/octopush/provider.ts'
import { createReceiver } from '../functions/receiver/receiver.ts'
import { createWorker } from '../functions/worker/worker.ts'
import { LOCAL_AWS } from '../local/credentials.ts'
import { createWorker as createIdempotentWorker } from './peers/idempotent-worker.ts'
import { createReceiver as createSdkReceiver } from './peers/sdk-receiver.ts'
import { createWorker as createSdkWorker } from './peers/sdk-worker.ts'
import { createReceiver as createUsualReceiver } from './peers/usual-receiver.ts'
import { createWorker as createUsualWorker } from './peers/usual-worker.ts'

/** Where a pipeline finds its queue and its table. */
export interface Place {
  sqs: string
  dynamoDb: string
  queueUrl: string
  table: string
}

/** A function between API Gateway and the queue. */
type Receiver = (event: APIGatewayProxyEventV2, context: Context) => Promise<APIGatewayProxyStructuredResultV2>

/** The two functions around the queue. */
export interface Pipeline {
  /** Each call makes another, as each of Lambda's environments has its own. */
  createReceiver: () => Receiver
  worker: (event: SQSEvent, context: Context) => Promise<SQSBatchResponse>
}

/** Ours, and the peers', on the same queue and table; ours and the usual stack count, log and print as they do in Lambda. */
export const PIPELINES: Record<string, (place: Place) => Pipeline | Promise<Pipeline>> = {
  'delivery-ledger': ours,

  'the bare SDK loop': (place) => {
    const { queues, tables } = clientsOf(place)
    return {
      createReceiver: () => createSdkReceiver(queues, place.queueUrl),
      worker: createSdkWorker(tables, place.table),
    }
  },

  'the usual stack': (place) => {
    const { queues, tables } = clientsOf(place)
    return {
      createReceiver: () => createUsualReceiver(queues, place.queueUrl, async () => '{"current":"key"}') as Receiver,
      worker: createUsualWorker(tables, place.table),
    }
  },

  'Powertools idempotency': async (place) => {
    const { queues, tables } = clientsOf(place)
    const idempotencyTable = await createIdempotencyTable(tables, `${place.table}-idempotency`)
    return {
      createReceiver: () => createSdkReceiver(queues, place.queueUrl),
      worker: createIdempotentWorker(tables, place.table, idempotencyTable),
    }
  },
}

function ours(place: Place): Pipeline {
  const { queues, tables } = clientsOf(place, FRUGAL)
  const telemetry = cloudWatchTelemetry()
  const secrets = fixedSecret({ current: 'key' })
  const table = { client: tables, name: place.table }
  const queue = { client: queues, url: place.queueUrl }
  return {
    createReceiver: () => createReceiver({ provider: octopush, secrets, queue, telemetry }) as Receiver,
    worker: createWorker({ providers, ledger: table, quarantine: table, telemetry }),
  }
}

const clientsOf = ({ sqs, dynamoDb }: Place, options: Partial<typeof FRUGAL> = {}) => ({
  queues: new SQSClient({ ...LOCAL_AWS, ...options, endpoint: sqs, useQueueUrlAsEndpoint: false }),
  tables: new DynamoDBClient({ ...LOCAL_AWS, ...options, endpoint: dynamoDb }),
})

/** As the idempotency utility wants it: a partition key alone. */
async function createIdempotencyTable(client: DynamoDBClient, TableName: string): Promise<string> {
  await client.send(
    new CreateTableCommand({
      TableName,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
    }),
  )
  return TableName
}
