import { AsyncLocalStorage } from 'node:async_hooks'
import { randomUUID } from 'node:crypto'
import { DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb'
import { SQSClient } from '@aws-sdk/client-sqs'
import type { APIGatewayProxyEventV2, Context } from 'aws-lambda'
import { type Provider, providerName, providerNamed } from '../functions/domain/provider.ts'
import type { Secret } from '../functions/domain/request.ts'
import type { Deliveries } from '../functions/platform/delivery-table.ts'
import { countMessages, type Queue } from '../functions/platform/queue.ts'
import { fixedSecret } from '../functions/platform/secrets.ts'
import type { Table } from '../functions/platform/table.ts'
import type { Telemetry } from '../functions/platform/telemetry.ts'
import type { Topic } from '../functions/platform/topic.ts'
import { providers as catalogue } from '../functions/providers/index.ts'
import { createQuery } from '../functions/query/query.ts'
import { QUERY_ROUTES } from '../functions/query/routes.ts'
import { createReceiver } from '../functions/receiver/receiver.ts'
import { EVENT_SOURCE } from '../functions/worker/event-source.ts'
import { createWorker } from '../functions/worker/worker.ts'
import { LOCAL_AWS, localSecret } from './credentials.ts'
import { openDataFolder } from './data-folder.ts'
import { createDeliveries, startFollower, startSweeper } from './deliveries.ts'
import { startDynamoDb } from './dynamodb.ts'
import type { Emulator } from './emulator.ts'
import { startEventSource } from './event-source.ts'
import { createTopic, deleteTopic, localTelling, startPublisher } from './events.ts'
import { exampleRoutes } from './example-routes.ts'
import { type Gateway, type GatewayRoute, startGateway } from './gateway.ts'
import { observing } from './observations.ts'
import { reasonOf } from './refusal.ts'
import { createPlainQueue, createQueue, createTable, deleteQueue, deleteTable } from './resources.ts'
import { onlyLocal } from './same-origin.ts'
import { startSqs } from './sqs.ts'
import { createWebhook, type LocalEndpoint, startWebhook, type WebhookOptions } from './webhooks.ts'
import { widgetRoutes } from './widgets.ts'

/** Options, with the defaults of `npm start`; times in seconds. */
export interface StackOptions {
  /** 0 takes any free port. */
  port: number
  telemetry: LocalTelemetry
  /** Takes a line that says what was revealed or changed on the console. */
  audit?: (line: Record<string, unknown>) => void
  /** Where the emulators keep their state; by default in memory. */
  dataFolder?: string | undefined
  eventSource?: { batchSize: number; batchingWindow: number; visibilityTimeout: number; maxReceiveCount: number }
  secretOf?: (providerId: string) => Secret
  /** Whether the ledger is followed, so that deliveries are kept, swept and told; true by default. */
  isFollowed?: boolean
  providers?: readonly Provider[]
  /** The names of accounts that are received besides, such as `twilio/eu`. */
  accounts?: readonly string[]
  /** Scheme and host that providers call, where it is not the stack itself. */
  publicUrl?: string | undefined
  /** Where events are sent as webhooks; nowhere without. */
  webhook?: WebhookOptions | undefined
}

/** What the local stack reports in addition, for its terminal. */
export interface LocalTelemetry extends Telemetry {
  /** `reason` is why the request was not authentic. */
  refused(provider: string, error: unknown, reason?: string): void
  /** A request without a route, and the paths at which callbacks are received. */
  unknown?(request: string, paths: readonly string[]): void
}

/** A running local stack. */
export interface Stack {
  url: string
  /** What providers call. */
  publicUrl: string
  ledger: Table
  quarantine: Table
  deliveries: Deliveries
  queue: Queue
  deadLetters: Queue
  /** What could not be followed, or told. */
  parked: Queue
  /** Where events are published. */
  topic: Topic
  /** Where they are sent as webhooks. */
  endpoints: readonly LocalEndpoint[]
  /** Resolves with the name of a part that has ended on its own. */
  broken: Promise<string>
  /** Accepts no more callbacks, empties the queue, ends all parts; gives how many messages are left in the queue. */
  stop(): Promise<number>
}

/** Where the parts of a running local stack are, for the command line (`GET /local`). */
export interface Parts {
  /** Tables. */
  ledger: string
  quarantine: string
  deliveries: string
  /** URLs of queues. */
  queue: string
  deadLetters: string
  parked: string
  /** The ARN of the topic. */
  topic: string
  endpoints?: readonly LocalEndpoint[]
  /** Endpoints of the emulators. */
  dynamoDb: string
  sqs: string
  /** Scheme and host that providers call, and sign. */
  publicUrl: string
  /** The process of the DynamoDB emulator, where it is the stack's own. */
  dynamoDbPid?: number | undefined
}

/** What the empty console says. */
const FIRST_STEP = 'Send one with a line that npm start printed, or start with example messages: npm start -- --demo'

/** The handlers do not use Lambda's context. */
const CONTEXT = {} as Context

/** Starts the handlers on this machine: HTTP on 127.0.0.1, the queue and the tables in emulators. */
export async function startStack(options: StackOptions): Promise<Stack> {
  const {
    port,
    dataFolder,
    audit = () => {},
    eventSource = EVENT_SOURCE,
    secretOf = localSecret,
    isFollowed = true,
  } = options
  const { providers = catalogue, accounts = [] } = options
  const called = [...providers, ...accounts.map((name) => providerNamed(providers, name))]
  const telemetry = observing(options.telemetry)
  const folder = dataFolder === undefined ? undefined : openDataFolder(dataFolder)
  const [sqs, dynamoDb] = await Promise.all([startSqs(dataFolder), startDynamoDb(dataFolder)])
  const tables = new DynamoDBClient({ ...LOCAL_AWS, endpoint: dynamoDb.endpoint })
  const queues = new SQSClient({ ...LOCAL_AWS, endpoint: sqs.endpoint })
  // Others may use the same emulators; only a data folder is meant to be used again.
  const isPassing = (emulator: Emulator) => emulator.isShared && folder === undefined
  const prefix = randomUUID().slice(0, 8)
  const nameOf = (name: string, emulator: Emulator) => (isPassing(emulator) ? `${prefix}-${name}` : name)
  const [ledger, quarantine, deliveries] = await Promise.all([
    createTable(tables, nameOf('ledger', dynamoDb), isFollowed ? { stream: 'NEW_IMAGE' } : {}),
    createTable(tables, nameOf('quarantine', dynamoDb)),
    createDeliveries(tables, nameOf('deliveries', dynamoDb)),
  ])
  const { queue, deadLetters } = await createQueue(queues, nameOf('callbacks', sqs), eventSource)
  const parked = await createPlainQueue(queues, nameOf('parked', sqs))

  const events = startEventSource(queue, createWorker({ providers, ledger, quarantine, telemetry }), eventSource)
  const topic = await createTopic(sqs.endpoint, nameOf('events', sqs))
  const webhook =
    options.webhook &&
    (await createWebhook({ tables, queues, topic, telemetry }, options.webhook, {
      queue: nameOf('webhooks', sqs),
      table: nameOf('webhooks', dynamoDb),
    }))
  const sending = webhook && startWebhook(webhook)
  const endpoints = webhook ? [webhook.place] : []
  const told = localTelling(topic, parked, deliveries)
  const following = isFollowed
    ? {
        follower: startFollower({ ledger, deliveries, parked, events: told, telemetry }, dynamoDb.endpoint),
        sweeper: startSweeper({ deliveries, telemetry }),
        publisher: startPublisher({ deliveries, events: told, telemetry }, dynamoDb.endpoint),
      }
    : undefined
  const desk = {
    providers: providers.map(({ id }) => id),
    enabled: called.map(providerName),
    ledger,
    quarantine,
    deliveries,
    queue,
    telemetry,
  }
  const query = createQuery(desk)
  const origins = () => ({ url: gateway.url, publicUrl: options.publicUrl ?? gateway.url })
  const asked = new AsyncLocalStorage<APIGatewayProxyEventV2>()
  const refused = (provider: string, error: unknown) =>
    options.telemetry.refused(provider, error, reasonOf(error, asked.getStore()))
  const receivers = called.flatMap((provider) => {
    const receiver = createReceiver({
      provider,
      secrets: fixedSecret(secretOf(providerName(provider))),
      queue,
      telemetry: { ...telemetry, refused },
      get publicUrl() {
        return origins().publicUrl
      },
    })
    return provider.routes.map(
      ({ path }): GatewayRoute => ({
        key: `ANY ${path}`,
        invoke: (event) => asked.run(event, () => receiver(event, CONTEXT)),
      }),
    )
  })
  const queries = QUERY_ROUTES.map(
    (key): GatewayRoute => ({ key, invoke: onlyLocal((event) => query(event, CONTEXT)) }),
  )
  const health: GatewayRoute = { key: 'GET /health', invoke: () => checkHealth(tables, queue) }
  const parts: GatewayRoute = {
    key: 'GET /local',
    invoke: onlyLocal(async () => {
      const names = { ledger: ledger.name, quarantine: quarantine.name, deliveries: deliveries.name }
      const urls = { queue: queue.url, deadLetters: deadLetters.url, parked: parked.url, topic: topic.arn }
      const emulators = { dynamoDb: dynamoDb.endpoint, dynamoDbPid: dynamoDb.pid, sqs: sqs.endpoint }
      return json(200, { ...names, ...urls, ...emulators, endpoints, publicUrl: origins().publicUrl } satisfies Parts)
    }),
  }
  const examples = exampleRoutes(providers, secretOf, origins)
  const outside = webhook && { table: webhook.webhooks, endpoints: [{ ...webhook, name: webhook.endpoint.name }] }
  const widgets = widgetRoutes({
    ...{ ...desk, deliveries, observations: telemetry, webhooks: outside, firstStep: FIRST_STEP, audit },
  })
  const paths = called.flatMap(({ routes }) => routes.map(({ path }) => path))
  const gateway: Gateway = await startGateway(
    [...receivers, ...queries, ...widgets, ...examples, health, parts],
    port,
    (request) => options.telemetry.unknown?.(request, paths),
  )

  return {
    ...origins(),
    ledger,
    quarantine,
    deliveries,
    queue,
    deadLetters,
    parked,
    topic,
    endpoints,
    broken: Promise.race([sqs.ended.then(() => 'SQS emulator'), dynamoDb.ended.then(() => 'DynamoDB emulator')]),
    async stop() {
      await gateway.stop()
      const left = await events.drain()
      await following?.follower.drain()
      await following?.sweeper.stop()
      await following?.publisher.drain()
      await sending?.drain()
      const ofWebhooks = endpoints.map(({ webhooks }) => webhooks)
      const names = [ledger.name, quarantine.name, deliveries.name, ...ofWebhooks]
      const urls = [queue.url, deadLetters.url, parked.url, ...endpoints.flatMap((own) => [own.queue, own.deadLetters])]
      if (isPassing(dynamoDb)) for (const name of names) await deleteTable(tables, name)
      if (isPassing(sqs)) for (const url of urls) await deleteQueue(queues, url)
      if (isPassing(sqs)) await deleteTopic(topic)
      await Promise.all([sqs.stop(), dynamoDb.stop()])
      folder?.release()
      return left
    },
  }
}

async function checkHealth(tables: DynamoDBClient, queue: Queue) {
  const checks = { queue: countMessages(queue), tables: tables.send(new ListTablesCommand()) }
  const parts = Object.entries(checks).map(async ([name, check]) => [
    name,
    await check.then(
      () => 'up',
      () => 'down',
    ),
  ])
  const body = Object.fromEntries(await Promise.all(parts))
  return json(Object.values(body).includes('down') ? 503 : 200, body)
}

const json = (statusCode: number, body: object) => ({
  statusCode,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
})
