import { BatchProcessor, EventType, processPartialResponse } from '@aws-lambda-powertools/batch'
import { Logger } from '@aws-lambda-powertools/logger'
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics'
import { ConditionalCheckFailedException, DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { DynamoDBDocumentClient, PutCommand } from '@aws-sdk/lib-dynamodb'
import type { Context, SQSEvent, SQSRecord } from 'aws-lambda'
import { z } from 'zod'
import { itemOf } from './payload.ts'

// The batch utility of Powertools with the document client, zod, a log line and a metric for each batch.
// https://docs.aws.amazon.com/powertools/typescript/latest/features/batch/

const logger = new Logger()
const metrics = new Metrics({ namespace: 'Usual' })
const item = z.object({ pk: z.string(), sk: z.string(), status: z.string(), occurredAt: z.string() }).loose()

export function createWorker(client: DynamoDBClient, TableName: string) {
  const documents = DynamoDBDocumentClient.from(client)
  const processor = new BatchProcessor(EventType.SQS)
  const store = async ({ body }: SQSRecord) => {
    const Item = item.parse(itemOf(body))
    try {
      await documents.send(new PutCommand({ TableName, Item, ConditionExpression: 'attribute_not_exists(pk)' }))
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw error
    }
  }
  return async (event: SQSEvent, context: Context) => {
    const response = await processPartialResponse(event, store, processor, { context, throwOnFullBatchFailure: false })
    metrics.addMetric('accepted', MetricUnit.Count, event.Records.length)
    metrics.publishStoredMetrics()
    logger.debug('batch', { failed: response.batchItemFailures.length })
    return response
  }
}

export const handler = createWorker(new DynamoDBClient(), process.env.LEDGER_TABLE ?? '')
