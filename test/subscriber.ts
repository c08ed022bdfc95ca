import { randomUUID } from 'node:crypto'
import { SubscribeCommand } from '@aws-sdk/client-sns'
import { DeleteMessageCommand, GetQueueAttributesCommand, ReceiveMessageCommand } from '@aws-sdk/client-sqs'
import type { LedgerEvent } from '../functions/domain/event.ts'
import type { Queue } from '../functions/platform/queue.ts'
import { createPlainQueue } from '../local/resources.ts'
import type { Stack } from '../local/stack.ts'
import { expectDocumentedEvent } from './contract.ts'

/** A queue that is subscribed to a stack's topic. */
export async function subscribe({ topic, queue }: Pick<Stack, 'topic' | 'queue'>, filter?: object): Promise<Queue> {
  const subscriber = await createPlainQueue(queue.client, `subscriber-${randomUUID()}`)
  const { Attributes } = await queue.client.send(
    new GetQueueAttributesCommand({ QueueUrl: subscriber.url, AttributeNames: ['QueueArn'] }),
  )
  await topic.client.send(
    new SubscribeCommand({
      TopicArn: topic.arn,
      Protocol: 'sqs',
      Endpoint: Attributes?.QueueArn,
      Attributes: { RawMessageDelivery: 'true', ...(filter && { FilterPolicy: JSON.stringify(filter) }) },
    }),
  )
  return subscriber
}

/** Takes so many events out of a queue, and what else is there already; each is as the contract has it. */
export async function take({ client, url }: Queue, count: number): Promise<LedgerEvent[]> {
  const events: LedgerEvent[] = []
  for (let isEmpty = false; events.length < count || !isEmpty; ) {
    const WaitTimeSeconds = events.length < count ? 1 : 0
    const { Messages = [] } = await client.send(
      new ReceiveMessageCommand({ QueueUrl: url, MaxNumberOfMessages: 10, WaitTimeSeconds }),
    )
    isEmpty = Messages.length === 0
    for (const { Body = '', ReceiptHandle } of Messages) {
      const event = JSON.parse(Body)
      expectDocumentedEvent(event)
      events.push(event)
      await client.send(new DeleteMessageCommand({ QueueUrl: url, ReceiptHandle }))
    }
  }
  return events
}
