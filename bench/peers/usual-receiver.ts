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

// What the documentation of each of these shows first: middy with Powertools' middlewares, the parameters utility for the
// secret, zod for the payload. https://docs.aws.amazon.com/powertools/typescript/latest/

const logger = new Logger()
const metrics = new Metrics({ namespace: 'Usual' })
const client = new SQSClient({ useQueueUrlAsEndpoint: false })

const payload = z
  .object({ message_id: z.string(), number: z.string(), status: z.string(), delivery_date: z.string() })
  .loose()

export const handler = middy<APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2>()
  .use(injectLambdaContext(logger))
  .use(logMetrics(metrics))
  .handler(async ({ headers, body = '' }) => {
    const secret = JSON.parse((await getSecret(process.env.SECRET_ID ?? '', { maxAge: 300 })) as string)
    const [sent, known] = [Buffer.from(headers['x-api-key'] ?? ''), Buffer.from(secret.current)]
    if (sent.length !== known.length || !timingSafeEqual(sent, known)) return { statusCode: 401 }
    payload.parse(JSON.parse(body))
    await client.send(new SendMessageCommand({ QueueUrl: process.env.QUEUE_URL, MessageBody: body }))
    metrics.addMetric('accepted', MetricUnit.Count, 1)
    return { statusCode: 200 }
  })
