import { randomUUID } from 'node:crypto'
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { DynamoDBStreamsClient } from '@aws-sdk/client-dynamodb-streams'
import { CreateTopicCommand, SNSClient } from '@aws-sdk/client-sns'
import { SQSClient } from '@aws-sdk/client-sqs'
import type { DynamoDBStreamEvent } from 'aws-lambda'
import { recordedEvent } from '../functions/domain/event.ts'
import { recordKey } from '../functions/domain/key.ts'
import type { StatusRecord } from '../functions/domain/status.ts'
import { createFollower } from '../functions/follower/follower.ts'
import { STREAM_SOURCE } from '../functions/follower/stream-source.ts'
import { FRUGAL } from '../functions/platform/clients.ts'
import { recordIn } from '../functions/platform/history.ts'
import { itemOf } from '../functions/platform/item.ts'
import { insertRows, rowOf } from '../functions/platform/ledger.ts'
import type { Table } from '../functions/platform/table.ts'
import { newsOf, type Telling, tell } from '../functions/platform/telling.ts'
import { topicOutlet } from '../functions/platform/topic.ts'
import { LOCAL_AWS } from '../local/credentials.ts'
import { createDeliveries } from '../local/deliveries.ts'
import { startDynamoDb } from '../local/dynamodb.ts'
import { createPlainQueue, createTable } from '../local/resources.ts'
import { startSqs } from '../local/sqs.ts'
import { startStreamSource } from '../local/stream-source.ts'
import { cpu } from './cpu.ts'
import { RECORD } from './fill-ledger.ts'
import { type Contender, compare, type Finding } from './measurement.ts'
import { createPublisher } from './peers/publish-each.ts'

const SIZE = 100
const TIMES = 20
const PATIENCE = 60_000

type Handler = (event: DynamoDBStreamEvent) => Promise<void>

/** Publishing the rows of a stream's batch, beside one `Publish` for each; the topic answers at once. */
export async function warmTelling(rounds: number): Promise<Finding> {
  const client = new SNSClient({ ...LOCAL_AWS, ...FRUGAL, requestHandler: answering() })
  const usual = new SNSClient({ ...LOCAL_AWS, requestHandler: answering() })
  const telling = tellingOf(client, { client: new SQSClient(LOCAL_AWS), url: '' })
  const ours: Handler = async ({ Records }) => {
    const news = Records.map((change) => {
      const { pk, sk } = change.dynamodb?.Keys ?? {}
      const record = recordIn(change.dynamodb?.NewImage as never)
      return newsOf(change, (context) => recordedEvent(context, { pk: pk?.S ?? '', sk: sk?.S ?? '' }, record))
    })
    await tell(telling, news, Date.now() + PATIENCE)
  }
  const contender = (name: string, handler: Handler): Contender => ({
    name,
    measure: async () => {
      const act = async () => {
        for (let time = 0; time < TIMES; time++) await handler(event)
      }
      return { 'CPU µs an event': await cpu(act, TIMES * SIZE) }
    },
  })
  const event = eventOf(records(SIZE))
  return compare(
    'Telling',
    `Mock transport, batches of ${SIZE}; a million divided by it are the events a second and core`,
    [
      contender('delivery-ledger', ours),
      contender('one Publish for each record', createPublisher(usual, 'arn:aws:sns:local:000000000000:events')),
    ],
    rounds,
  )
}

/** From a row in the ledger to its event in the topic, with the follower's other work, beside one `Publish` for each. */
export async function latencyOfTelling(rows: number, rounds: number): Promise<Finding> {
  const [sqs, dynamoDb] = await Promise.all([startSqs(), startDynamoDb()])
  const tables = new DynamoDBClient({ ...LOCAL_AWS, endpoint: dynamoDb.endpoint })
  const streams = new DynamoDBStreamsClient({ ...LOCAL_AWS, endpoint: dynamoDb.endpoint })
  const topics = new SNSClient({ ...LOCAL_AWS, ...FRUGAL, endpoint: sqs.endpoint })
  const queues = new SQSClient({ ...LOCAL_AWS, endpoint: sqs.endpoint })
  const { TopicArn = '' } = await topics.send(new CreateTopicCommand({ Name: 'events' }))
  const parked = await createPlainQueue(queues, 'parked')
  const telemetry = { followed() {}, unexpected() {} }
  type Create = (ledger: Table, told: (count: number) => void) => Promise<Handler>
  const ours: Create = async (ledger, told) => {
    const telling = tellingOf(topics, parked, TopicArn)
    const outlets = telling.outlets.map((outlet) => ({
      ...outlet,
      async publish(...args: Parameters<typeof outlet.publish>) {
        const left = await outlet.publish(...args)
        told(args[0].length)
        return left
      },
    }))
    const deliveries = await createDeliveries(tables, `deliveries-${randomUUID()}`)
    return createFollower({ ledger, deliveries, parked, events: { ...telling, outlets }, telemetry })
  }
  const peer: Create = async (_, told) => {
    const publish = createPublisher(topics, TopicArn)
    return async (event) => {
      await publish(event)
      told(event.Records.length)
    }
  }
  const measure = async (create: Create) => {
    const ledger = await createTable(tables, `ledger-${randomUUID()}`, { stream: 'NEW_IMAGE' })
    const { promise, resolve } = Promise.withResolvers<void>()
    let told = 0
    const handler = await create(ledger, (count) => {
      told += count
      if (told >= rows) resolve()
    })
    const source = startStreamSource(ledger, streams, handler, STREAM_SOURCE)
    const all = records(rows)
    const startedAt = performance.now()
    await insertRows(
      ledger,
      all.map((record) => rowOf(ledger, recordKey(record, null), record)),
    )
    await promise
    const milliseconds = performance.now() - startedAt
    await source.drain()
    return { ms: milliseconds }
  }
  try {
    await measure(ours)
    return await compare(
      'From stored to told',
      `${rows} rows, until the last of them is in the topic: milliseconds, with the wait of the stream’s reader`,
      [
        { name: 'delivery-ledger', measure: () => measure(ours) },
        { name: 'one Publish for each record, and no deliveries', measure: () => measure(peer) },
      ],
      rounds,
    )
  } finally {
    await Promise.all([sqs.stop(), dynamoDb.stop()])
  }
}

const tellingOf = (
  client: SNSClient,
  parked: Telling['parked'],
  arn = 'arn:aws:sns:local:000000000000:events',
): Telling => ({
  outlets: [topicOutlet({ client, arn }, 'masked')],
  parked,
  context: async () => ({ stage: 'bench', hashKey: 'key' }),
})

const records = (count: number): StatusRecord[] =>
  Array.from({ length: count }, () => ({
    ...RECORD,
    messageId: randomUUID(),
    recipient: '+33600112233',
    receivedAt: new Date().toISOString(),
    details: { meta_data: { order: randomUUID() } },
  }))

const eventOf = (all: readonly StatusRecord[]): DynamoDBStreamEvent => ({
  Records: all.map((record) => {
    const key = recordKey(record, null)
    return {
      eventName: 'INSERT',
      dynamodb: {
        Keys: itemOf({ ...key }) as never,
        NewImage: itemOf({ ...key, ...record }) as never,
        ApproximateCreationDateTime: Date.now() / 1_000,
      },
    }
  }),
})

/** A transport that answers as SNS, at once. */
function answering() {
  const handle = async ({ body }: { body: string }) => {
    const name = body.includes('Action=PublishBatch') ? 'PublishBatch' : 'Publish'
    const text = `<${name}Response><${name}Result></${name}Result></${name}Response>`
    return { response: { statusCode: 200, headers: {}, body: new Blob([text]).stream() } }
  }
  return { handle } as never
}
