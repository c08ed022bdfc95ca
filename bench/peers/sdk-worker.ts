import { ConditionalCheckFailedException, DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb'
import { marshall } from '@aws-sdk/util-dynamodb'
import type { SQSBatchResponse, SQSEvent } from 'aws-lambda'
import { itemOf } from './payload.ts'

// The SDK alone: one conditional PutItem for each message, all at once.
// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.ConditionExpressions.html

export const createWorker =
  (client: DynamoDBClient, TableName: string) =>
  async ({ Records }: SQSEvent): Promise<SQSBatchResponse> => {
    const results = await Promise.allSettled(
      Records.map(({ body }) =>
        client
          .send(
            new PutItemCommand({
              TableName,
              Item: marshall(itemOf(body)),
              ConditionExpression: 'attribute_not_exists(pk)',
            }),
          )
          .catch((error) => {
            if (!(error instanceof ConditionalCheckFailedException)) throw error
          }),
      ),
    )
    return {
      batchItemFailures: Records.filter((_, index) => results[index]?.status === 'rejected').map(({ messageId }) => ({
        itemIdentifier: messageId,
      })),
    }
  }

export const handler = createWorker(new DynamoDBClient(), process.env.LEDGER_TABLE ?? '')
