import type { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { SubscribeCommand } from '@aws-sdk/client-sns'
import { GetQueueAttributesCommand, type SQSClient } from '@aws-sdk/client-sqs'
import { createKeeper } from '../functions/keeper/keeper.ts'
import type { Queue } from '../functions/platform/queue.ts'
import { fixedSecret } from '../functions/platform/secrets.ts'
import type { EndpointParts } from '../functions/platform/sending.ts'
import type { Telemetry } from '../functions/platform/telemetry.ts'
import type { Topic } from '../functions/platform/topic.ts'
import { SENDER_SOURCE } from '../functions/sender/event-source.ts'
import { createSender } from '../functions/sender/sender.ts'
import { startEventSource } from './event-source.ts'
import { repeat } from './repeat.ts'
import { createQueue, createTable } from './resources.ts'

/** A consumer that is sent all events; `secret` begins with `whsec_`. */
export interface WebhookOptions {
  url: string
  secret: string
}

/** An endpoint of the local stack: URLs of its queues, and the name of its table. */
export interface LocalEndpoint {
  name: string
  url: string
  queue: string
  deadLetters: string
  webhooks: string
}

const NAME = 'local'

/** Milliseconds. */
const KEEPER_PAUSE = 1_000

/** https://www.standardwebhooks.com: 24 to 64 bytes. */
const SECRET = /^whsec_(?=[A-Za-z0-9+/]{32,88}={0,2}$)/

/**
 * The consumer that environment variables name; undefined where they name none.
 *
 * @throws Error in one line, which names the variable and not its secret.
 */
export function webhookIn({ WEBHOOK_URL, WEBHOOK_SECRET }: NodeJS.ProcessEnv): WebhookOptions | undefined {
  if (!WEBHOOK_URL && !WEBHOOK_SECRET) return undefined
  const { protocol = '', username, password, hash } = URL.parse(WEBHOOK_URL ?? '') ?? {}
  if (!WEBHOOK_URL || !/^https?:$/.test(protocol) || username || password || hash)
    throw new Error('WEBHOOK_URL: expected a URL such as http://127.0.0.1:3001/, without a user and a #')
  if (!SECRET.test(WEBHOOK_SECRET ?? ''))
    throw new Error('WEBHOOK_SECRET: expected whsec_ and 24 to 64 bytes in base64; npm run example:webhook makes one')
  return { url: WEBHOOK_URL, secret: WEBHOOK_SECRET as string }
}

/** Creates the queues and the table of an endpoint, unless they are there already, and subscribes it to the topic. */
export async function createWebhook(
  {
    tables,
    queues,
    topic,
    telemetry,
  }: { tables: DynamoDBClient; queues: SQSClient; topic: Topic; telemetry: Telemetry },
  { url, secret }: WebhookOptions,
  names: { queue: string; table: string },
): Promise<EndpointParts & { place: LocalEndpoint; telemetry: Telemetry }> {
  const [{ queue, deadLetters }, webhooks] = await Promise.all([
    createQueue(queues, names.queue, SENDER_SOURCE),
    createTable(tables, names.table),
  ])
  await subscribe(topic, queue)
  return {
    endpoint: { name: NAME, url },
    secrets: fixedSecret({ current: secret.replace(/^whsec_/, '') }),
    queue,
    deadLetters,
    webhooks,
    telemetry,
    allowPrivate: true,
    place: { name: NAME, url, queue: queue.url, deadLetters: deadLetters.url, webhooks: webhooks.name },
  }
}

/** Subscribes a queue to a topic: its messages are events, and nothing around them. */
export async function subscribe({ client, arn }: Topic, queue: Queue): Promise<void> {
  const { Attributes } = await queue.client.send(
    new GetQueueAttributesCommand({ QueueUrl: queue.url, AttributeNames: ['QueueArn'] }),
  )
  await client.send(
    new SubscribeCommand({
      TopicArn: arn,
      Protocol: 'sqs',
      Endpoint: Attributes?.QueueArn,
      Attributes: { RawMessageDelivery: 'true' },
    }),
  )
}

/** Starts the sender and the keeper of an endpoint; `drain` resolves when what can be sent now was sent. */
export function startWebhook(parts: EndpointParts & { telemetry: Telemetry }): { drain(): Promise<void> } {
  const source = startEventSource(parts.queue, createSender(parts), SENDER_SOURCE)
  const mappings = { pause: async () => source.pause(), resume: async () => source.resume() }
  const keeping = repeat(createKeeper({ endpoints: [parts], mappings, telemetry: parts.telemetry }), KEEPER_PAUSE)
  return {
    async drain() {
      await keeping.stop()
      await source.drain()
    },
  }
}
