import { randomUUID } from 'node:crypto'
import type { APIGatewayProxyEventV2, SQSEvent } from 'aws-lambda'
import { encodeBody, serializeCallback } from '../functions/domain/callback.ts'

/** An SMS status as Octopush sends it, with a message id of its own. */
export const smsBody = (id: string = randomUUID(), number = '+33600112233') =>
  `{"channel":"sms","message_id":"${id}","list_name":"List Name","number":"${number}","status":"DELIVERED","unit_price":0.5,"delivery_date":"2025-01-22 11:46:06","meta_data":{"order":"${id}"}}`

/** An e-mail status as Octopush sends it, each recipient with moments of its own, a second after the one before. */
export function emailBody(recipients: number): string {
  const at = (second: number) =>
    new Date(Date.UTC(2025, 0, 22, 12, 0, second)).toISOString().slice(0, 19).replace('T', ' ')
  return JSON.stringify({
    channel: 'email',
    message_id: 'email',
    list_name: 'List Name',
    deliveries: Array.from({ length: recipients }, (_, index) => ({
      email: `person${index}@example.com`,
      status: 'OPENED',
      unit_price: 0.5,
      delivery_date: at(index + 60),
      status_history: [{ status: 'DELIVERED', delivery_date: at(index) }],
    })),
  })
}

/** An e-mail status with so little on each recipient that 10,000 of them fit into one queue message. */
export const bulkEmailBody = (recipients: number): string =>
  JSON.stringify({
    message_id: randomUUID(),
    deliveries: Array.from({ length: recipients }, (_, index) => ({
      email: `p${index}@example.com`,
      status: 'READ',
      delivery_date: '2025-01-22 12:24:30',
    })),
  })

/** The request that API Gateway makes of it. */
export function httpEvent(body = smsBody()): APIGatewayProxyEventV2 {
  const http = {
    method: 'POST',
    path: '/webhooks/octopush',
    protocol: 'HTTP/1.1',
    sourceIp: '127.0.0.1',
    userAgent: '',
  }
  return {
    version: '2.0',
    routeKey: 'ANY /webhooks/octopush',
    rawPath: http.path,
    rawQueryString: '',
    headers: { 'x-api-key': 'key', 'content-type': 'application/json' },
    requestContext: {
      requestId: randomUUID(),
      timeEpoch: Date.now(),
      http,
    } as APIGatewayProxyEventV2['requestContext'],
    body,
    isBase64Encoded: false,
  }
}

/** A batch of the queue, each message a callback of its own. */
export const queueEvent = (size: number, createBody: () => string = smsBody): SQSEvent => ({
  Records: Array.from({ length: size }, () => ({
    messageId: randomUUID(),
    receiptHandle: '',
    body: serializeCallback({
      provider: 'octopush',
      requestId: randomUUID(),
      receivedAt: new Date().toISOString(),
      method: 'POST',
      pathParameters: {},
      query: '',
      contentType: 'application/json',
      ...encodeBody(Buffer.from(createBody())),
    }),
    attributes: {
      ApproximateReceiveCount: '1',
      SentTimestamp: String(Date.now()),
      SenderId: '',
      ApproximateFirstReceiveTimestamp: '',
    },
    messageAttributes: {},
    md5OfBody: '',
    eventSource: 'aws:sqs',
    eventSourceARN: 'arn:aws:sqs:eu-west-1:000000000000:callbacks',
    awsRegion: 'eu-west-1',
  })),
})
