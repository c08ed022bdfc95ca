import { DynamoDBStreamsClient } from '@aws-sdk/client-dynamodb-streams'
import { CreateTopicCommand, DeleteTopicCommand, SNSClient } from '@aws-sdk/client-sns'
import type { Deliveries } from '../functions/platform/delivery-table.ts'
import type { Queue } from '../functions/platform/queue.ts'
import type { Telemetry } from '../functions/platform/telemetry.ts'
import type { Telling } from '../functions/platform/telling.ts'
import { type Topic, topicOutlet } from '../functions/platform/topic.ts'
import { createPublisher } from '../functions/publisher/publisher.ts'
import { DELIVERY_STREAM_SOURCE } from '../functions/publisher/stream-source.ts'
import { LOCAL_AWS } from './credentials.ts'
import { startStreamSource } from './stream-source.ts'

/** Creates a topic on an emulator, unless it is there already. */
export async function createTopic(endpoint: string, Name: string): Promise<Topic> {
  const client = new SNSClient({ ...LOCAL_AWS, endpoint })
  const { TopicArn = '' } = await client.send(new CreateTopicCommand({ Name }))
  return { client, arn: TopicArn }
}

/** Deletes a topic, unless its emulator has ended. */
export const deleteTopic = ({ client, arn }: Topic) =>
  client.send(new DeleteTopicCommand({ TopicArn: arn })).catch(() => {})

/** How the local stack tells its events: recipients are as the provider writes them. */
export const localTelling = (topic: Topic, parked: Queue, { hashKey }: Pick<Deliveries, 'hashKey'>): Telling => ({
  outlets: [topicOutlet(topic, 'plain')],
  parked,
  context: async () => ({ stage: 'local', hashKey: await hashKey() }),
})

/** Starts the publisher of the deliveries' stream; `drain` resolves when all that is there is published. */
export function startPublisher(
  { deliveries, events, telemetry }: { deliveries: Deliveries; events: Telling; telemetry: Telemetry },
  dynamoDb: string,
) {
  const streams = new DynamoDBStreamsClient({ ...LOCAL_AWS, endpoint: dynamoDb })
  const { unexpected } = telemetry
  const publisher = createPublisher({ events, telemetry })
  return startStreamSource(deliveries, streams, publisher, { ...DELIVERY_STREAM_SOURCE, unexpected })
}
