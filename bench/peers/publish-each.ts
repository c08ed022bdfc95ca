import type { AttributeValue } from '@aws-sdk/client-dynamodb'
import { PublishCommand, type SNSClient } from '@aws-sdk/client-sns'
import { unmarshall } from '@aws-sdk/util-dynamodb'
import type { DynamoDBStreamEvent } from 'aws-lambda'

// A function that publishes each new row of a stream in a request of its own, as AWS's tutorial does it; here all of a batch at once.
// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Streams.Lambda.Tutorial.html

export const createPublisher =
  (client: SNSClient, TopicArn: string) =>
  async ({ Records }: DynamoDBStreamEvent): Promise<void> => {
    await Promise.all(
      Records.filter(({ eventName }) => eventName === 'INSERT').map(({ dynamodb }) => {
        const { details, ...row } = unmarshall(dynamodb?.NewImage as Record<string, AttributeValue>)
        return client.send(
          new PublishCommand({
            TopicArn,
            Message: JSON.stringify(row),
            MessageAttributes: { status: { DataType: 'String', StringValue: row.status } },
          }),
        )
      }),
    )
  }
