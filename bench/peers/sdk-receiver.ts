import { createHash, timingSafeEqual } from 'node:crypto'
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs'
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda'
import { messageOf } from './payload.ts'

// The SDK alone: one fixed key, one SendMessage.
// https://docs.aws.amazon.com/sdk-for-javascript/v3/developer-guide/sqs-examples-send-receive-messages.html

const digest = (text: string) => createHash('sha256').update(text).digest()

export const createReceiver =
  (client: SQSClient, QueueUrl: string) =>
  async ({ headers, body }: APIGatewayProxyEventV2): Promise<APIGatewayProxyStructuredResultV2> => {
    if (!timingSafeEqual(digest(headers['x-api-key'] ?? ''), digest('key'))) return { statusCode: 401 }
    await client.send(new SendMessageCommand({ QueueUrl, MessageBody: messageOf(body) }))
    return { statusCode: 200 }
  }

export const handler = createReceiver(new SQSClient({ useQueueUrlAsEndpoint: false }), process.env.QUEUE_URL ?? '')
