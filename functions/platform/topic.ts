import { PublishBatchCommand, type PublishBatchRequestEntry, type SNSClient } from '@aws-sdk/client-sns'
import type { RecipientForm } from '../domain/event.ts'
import { attributesOf } from '../domain/event-attributes.ts'
import { messageText } from '../domain/message-text.ts'
import { type Carrier, type Outlet, publishBy } from './publishing.ts'

/** A topic that events are published to. */
export interface Topic {
  client: SNSClient
  arn: string
}

/** A topic as an outlet: its messages are events, and have what consumers filter by as attributes. */
export function topicOutlet(topic: Topic, recipients: RecipientForm): Outlet {
  const carrier = carrierOf(topic)
  return { arn: topic.arn, recipients, publish: (events, deadline) => publishBy(carrier, events, deadline) }
}

const carrierOf = ({ client, arn }: Topic): Carrier<Omit<PublishBatchRequestEntry, 'Id'>> => ({
  requestOf: (event) => ({
    Message: messageText(event),
    MessageAttributes: Object.fromEntries(
      Object.entries(attributesOf(event)).map(([name, StringValue]) => [name, { DataType: 'String', StringValue }]),
    ),
  }),
  bytesOf: ({ Message = '', MessageAttributes = {} }) =>
    Object.entries(MessageAttributes).reduce(
      (bytes, [name, { StringValue = '' }]) => bytes + Buffer.byteLength(name + StringValue) + 'String'.length,
      Buffer.byteLength(Message),
    ),
  async send(batch) {
    const PublishBatchRequestEntries = batch.map((request, index) => ({ Id: String(index), ...request }))
    const { Failed = [] } = await client.send(new PublishBatchCommand({ TopicArn: arn, PublishBatchRequestEntries }))
    return new Map(
      Failed.map(({ Id, Code = 'unknown', SenderFault = false }) => [
        Number(Id),
        { cause: Code, isRefused: SenderFault },
      ]),
    )
  },
})
