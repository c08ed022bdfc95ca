import { SendMessageBatchCommand, type SendMessageBatchRequestEntry } from '@aws-sdk/client-sqs'
import { matches } from '../functions/domain/endpoint.ts'
import { messageText } from '../functions/domain/message-text.ts'
import { type Carrier, publishBy } from '../functions/platform/publishing.ts'
import type { Destination } from './republish.ts'
import type { TargetEndpoint } from './webhooks.ts'

/** The queue of one endpoint as an outlet: it takes what passes the endpoint's filter, with recipients in its form. */
export function endpointOutlet({ queue, filter, recipients }: TargetEndpoint): Destination {
  const carrier: Carrier<Omit<SendMessageBatchRequestEntry, 'Id'>> = {
    requestOf: (event) => ({ MessageBody: messageText(event) }),
    bytesOf: ({ MessageBody = '' }) => Buffer.byteLength(MessageBody),
    async send(batch) {
      const Entries = batch.map((request, index) => ({ Id: String(index), ...request }))
      const { Failed = [] } = await queue.client.send(new SendMessageBatchCommand({ QueueUrl: queue.url, Entries }))
      return new Map(
        Failed.map(({ Id, Code = 'unknown', SenderFault = false }) => [
          Number(Id),
          { cause: Code, isRefused: SenderFault },
        ]),
      )
    },
  }
  return {
    arn: queue.url,
    recipients,
    isWanted: (event) => matches(filter, event),
    publish: (events, deadline) => publishBy(carrier, events, deadline),
  }
}
