import { timingSafeEqual } from 'node:crypto'
import { Logger } from '@aws-lambda-powertools/logger'
import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware'
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics'
import { logMetrics } from '@aws-lambda-powertools/metrics/middleware'
import { getSecret } from '@aws-lambda-powertools/parameters/secrets'
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs'
import middy from '@middy/core'
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda'
import { z } from 'zod'
import { messageOf } from './payload.ts'

// What the documentation of each of these shows first: middy with Powertools' middlewares, the parameters utility for the
// secret, zod for the payload. https://docs.aws.amazon.com/powertools/typescript/latest/

const payload = z
  .object({ message_id: z.string(), number: z.string(), status: z.string(), delivery_date: z.string() })
  .loose()

const managedSecret = () => getSecret(process.env.SECRET_ID ?? '', { maxAge: 300 }) as Promise<string>

export function createReceiver(client: SQSClient, QueueUrl: string, readSecret = managedSecret) {
  const logger = new Logger()
  const metrics = new Metrics({ namespace: 'Usual' })
  return middy<APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2>()
    .use(injectLambdaContext(logger))
    .use(logMetrics(metrics))
    .handler(async ({ headers, body = '' }) => {
      const secret = JSON.parse(await readSecret())
      const [sent, known] = [Buffer.from(headers['x-api-key'] ?? ''), Buffer.from(secret.current)]
      if (sent.length !== known.length || !timingSafeEqual(sent, known)) return { statusCode: 401 }
      payload.parse(JSON.parse(body))
      await client.send(new SendMessageCommand({ QueueUrl, MessageBody: messageOf(body) }))
      metrics.addMetric('accepted', MetricUnit.Count, 1)
      logger.info('accepted')
      return { statusCode: 200 }
    })
}

export const handler = createReceiver(new SQSClient({ useQueueUrlAsEndpoint: false }), process.env.QUEUE_URL ?? '')
