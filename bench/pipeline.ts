import { setTimeout as sleep } from 'node:timers/promises'
import { DynamoDBClient, paginateScan } from '@aws-sdk/client-dynamodb'
import { SQSClient } from '@aws-sdk/client-sqs'
import type { Context, SQSEvent } from 'aws-lambda'
import pMap from 'p-map'
import { EVENT_SOURCE } from '../functions/worker/event-source.ts'
import { LOCAL_AWS } from '../local/credentials.ts'
import { startDynamoDb } from '../local/dynamodb.ts'
import { startEventSource } from '../local/event-source.ts'
import { createQueue, createTable } from '../local/resources.ts'
import { startSqs } from '../local/sqs.ts'
import { httpEvent, smsBody } from './events.ts'
import { compare, type Finding } from './measurement.ts'
import { PIPELINES, type Pipeline, type Place } from './pipelines.ts'
import { silently } from './silence.ts'

/** Receivers at work at once. */
const RECEIVERS = 64

/** One poller, fed with a multiple of its batches: nothing waits for the window in which a last batch may still be filled. */
const POLLERS = 1

const PATIENCE = 60_000

const CONTEXT = { getRemainingTimeInMillis: () => 30_000 } as Context

/** Callbacks that are not measured: they warm up the code. */
const WARM_UP = 200

/** Callbacks a second, spread evenly; undefined as fast as the receivers take them. */
type Rate = number | undefined

/** How long a callback takes from accepted to readable, beside the bare SDK loop: at a trickle, and at a rate with an even pace. */
export async function latency(rate: number, callbacks: number, rounds: number): Promise<Finding> {
  const [sqs, dynamoDb] = await Promise.all([startSqs(), startDynamoDb()])
  const contenders = ['delivery-ledger', 'the bare SDK loop'] as const
  const measure = (name: (typeof contenders)[number], callbacks: number, rate: Rate) =>
    silently(async () => {
      const place = await createPlace(sqs.endpoint, dynamoDb.endpoint)
      const pipeline = await (PIPELINES[name] as (typeof PIPELINES)[string])(place)
      return run(pipeline, place, callbacks, rate)
    })
  try {
    for (const name of contenders) await measure(name, WARM_UP, undefined)
    return await compare(
      `From accepted to readable, ${rate} a second`,
      `${callbacks} callbacks at an even pace, batches of at most ${EVENT_SOURCE.batchSize} and a window of ${EVENT_SOURCE.batchingWindow} s, until DynamoDB has confirmed the row: milliseconds`,
      contenders.map((name) => ({
        name,
        measure: async () => {
          const { 'p50 ms': p50 = Number.NaN, 'p99 ms': p99 = Number.NaN } = await measure(name, callbacks, rate)
          return { 'p50 ms': p50, 'p99 ms': p99 }
        },
      })),
      rounds,
    )
  } finally {
    await Promise.all([sqs.stop(), dynamoDb.stop()])
  }
}

/** Callbacks from the receiver into the table, each contender and round with a queue and tables of its own. */
export async function wholePipeline(callbacks: number, rounds: number): Promise<Finding> {
  const [sqs, dynamoDb] = await Promise.all([startSqs(), startDynamoDb()])
  const measure = (create: (typeof PIPELINES)[string], callbacks: number) =>
    silently(async () => {
      const place = await createPlace(sqs.endpoint, dynamoDb.endpoint)
      return run(await create(place), place, callbacks)
    })
  try {
    for (const create of Object.values(PIPELINES)) await measure(create, WARM_UP)
    return await compare(
      'The whole pipeline',
      `${callbacks} callbacks through receiver, SQS emulator, worker and DynamoDB emulator: milliseconds for 1,000 of them, of clock and of this process's CPU (receiver, SQS emulator, worker), and from accepted to stored`,
      Object.entries(PIPELINES).map(([name, create]) => ({ name, measure: () => measure(create, callbacks) })),
      rounds,
    )
  } finally {
    await Promise.all([sqs.stop(), dynamoDb.stop()])
  }
}

async function createPlace(sqs: string, dynamoDb: string): Promise<Place> {
  const queues = new SQSClient({ ...LOCAL_AWS, endpoint: sqs })
  const tables = new DynamoDBClient({ ...LOCAL_AWS, endpoint: dynamoDb })
  const { queue } = await createQueue(queues, crypto.randomUUID(), EVENT_SOURCE)
  const { name } = await createTable(tables, crypto.randomUUID())
  return { sqs, dynamoDb, queueUrl: queue.url, table: name }
}

async function run(
  { createReceiver, worker }: Pipeline,
  place: Place,
  callbacks: number,
  rate?: Rate,
): Promise<Record<string, number>> {
  const accepted = new Map<string, number>()
  const stored = new Map<string, number>()
  const all = Promise.withResolvers<void>()
  const client = new SQSClient({ ...LOCAL_AWS, endpoint: place.sqs })
  const usage = process.cpuUsage()
  const begin = performance.now()
  const events = startEventSource(
    { client, url: place.queueUrl },
    async (event) => {
      const response = await worker(event, CONTEXT)
      if (response.batchItemFailures.length > 0) all.reject(new Error('a worker returned messages'))
      for (const id of messageIdsOf(event)) stored.set(id, performance.now())
      if (stored.size === callbacks) all.resolve()
      return response
    },
    { ...EVENT_SOURCE, pollers: POLLERS },
  )
  const idle = Array.from({ length: RECEIVERS }, createReceiver)
  const send = async () => {
    const receiver = idle.pop() ?? createReceiver()
    const id = crypto.randomUUID()
    const { statusCode } = await receiver(httpEvent(smsBody(id)), CONTEXT)
    if (statusCode !== 200) throw new Error(`a receiver answered ${statusCode}`)
    accepted.set(id, performance.now())
    idle.push(receiver)
  }
  const late = new AbortController()
  const lateness = sleep(PATIENCE, undefined, { signal: late.signal }).then(() => {
    throw new Error(`${stored.size} of ${callbacks} were stored in ${PATIENCE} ms`)
  })
  try {
    const sendAt = async (_: unknown, index: number) => {
      if (rate !== undefined) await sleep(Math.max(0, begin + (index * 1_000) / rate - performance.now()))
      await send()
    }
    await Promise.race([
      Promise.all([pMap(Array(callbacks), sendAt, { concurrency: RECEIVERS }), all.promise]),
      lateness,
    ])
    const elapsed = performance.now() - begin
    const { user, system } = process.cpuUsage(usage)
    await expectStored(place, callbacks)
    const waits = [...accepted]
      .map(([id, at]) => Math.max(0, (stored.get(id) ?? Number.NaN) - at))
      .sort((a, b) => a - b)
    const at = (share: number) => waits[Math.floor(share * waits.length)] ?? Number.NaN
    return {
      'ms for 1,000': (elapsed / callbacks) * 1_000,
      'CPU ms for 1,000': (user + system) / callbacks,
      'p50 ms': at(0.5),
      'p99 ms': at(0.99),
    }
  } finally {
    lateness.catch(() => {})
    late.abort()
    // A poller ends with its last long poll; the next contender has a queue of its own.
    void events.stop()
  }
}

const messageIdsOf = ({ Records }: SQSEvent): string[] =>
  Records.map(({ body }) => /message_id\W+([\w-]+)/.exec(body)?.[1] ?? '')

async function expectStored({ dynamoDb, table }: Place, callbacks: number): Promise<void> {
  const client = new DynamoDBClient({ ...LOCAL_AWS, endpoint: dynamoDb })
  let stored = 0
  for await (const { Count = 0 } of paginateScan({ client }, { TableName: table, Select: 'COUNT' })) stored += Count
  if (stored !== callbacks) throw new Error(`expected ${callbacks} records in the table, not ${stored}`)
}
