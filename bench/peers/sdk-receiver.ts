import { createHash, timingSafeEqual } from 'node:crypto'
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs'
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda'

// The SDK alone: one key from the environment, one SendMessage.
// https://docs.aws.amazon.com/sdk-for-javascript/v3/developer-guide/sqs-examples-send-receive-messages.html

const client = new SQSClient({ useQueueUrlAsEndpoint: false })
const digest = (text: string) => createHash('sha256').update(text).digest()

export async function handler({ headers, body }: APIGatewayProxyEventV2): Promise<APIGatewayProxyStructuredResultV2> {
  if (!timingSafeEqual(digest(headers['x-api-key'] ?? ''), digest('key'))) return { statusCode: 401 }
  await client.send(new SendMessageCommand({ QueueUrl: process.env.QUEUE_URL, MessageBody: body }))
  return { statusCode: 200 }
}
