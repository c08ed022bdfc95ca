import { BatchProcessor, EventType, processPartialResponse } from '@aws-lambda-powertools/batch'
import { IdempotencyConfig, makeIdempotent } from '@aws-lambda-powertools/idempotency'
import { DynamoDBPersistenceLayer } from '@aws-lambda-powertools/idempotency/dynamodb'
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { DynamoDBDocumentClient, PutCommand } from '@aws-sdk/lib-dynamodb'
import type { Context, SQSEvent, SQSRecord } from 'aws-lambda'
import { itemOf } from './payload.ts'

// The idempotency utility of Powertools around each record of a batch, as its page on batch processing shows.
// https://docs.aws.amazon.com/powertools/typescript/latest/features/idempotency/

export function createWorker(client: DynamoDBClient, TableName: string, idempotencyTable: string) {
  const documents = DynamoDBDocumentClient.from(client)
  const processor = new BatchProcessor(EventType.SQS)
  const config = new IdempotencyConfig({ eventKeyJmesPath: 'body' })
  const persistenceStore = new DynamoDBPersistenceLayer({
    tableName: idempotencyTable,
    keyAttr: 'pk',
    awsSdkV3Client: client,
  })
  const store = makeIdempotent(
    async ({ body }: SQSRecord) => {
      await documents.send(new PutCommand({ TableName, Item: itemOf(body) }))
      return true
    },
    { persistenceStore, config },
  )
  return (event: SQSEvent, context: Context) => {
    config.registerLambdaContext(context)
    return processPartialResponse(event, store, processor, { context, throwOnFullBatchFailure: false })
  }
}
