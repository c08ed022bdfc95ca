import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { DynamoDBClient, paginateScan } from '@aws-sdk/client-dynamodb'
import { SQSClient } from '@aws-sdk/client-sqs'
import { unmarshall } from '@aws-sdk/util-dynamodb'
import { parseCallback } from '../functions/domain/callback.ts'
import type { Table } from '../functions/platform/table.ts'
import { providers } from '../functions/providers/index.ts'
import { startDynamoDb } from '../local/dynamodb.ts'
import { countMessages, startEventSource } from '../local/event-source.ts'
import { createQueue, createTable } from '../local/resources.ts'
import { ROOT } from '../local/sources.ts'
import { startSqs } from '../local/sqs.ts'
import { type Chaos, disturbQueue, disturbTables } from './chaos.ts'
import { type Disturb, startFaultProxy } from './fault-proxy.ts'
import { Faults } from './faults.ts'
import { type Mortal, Mortals } from './mortals.ts'
import { type Evidence, judge } from './oracle.ts'
import { random } from './random.ts'
import { startSecretsServer } from './secrets-server.ts'
import { createKeys, createSender } from './sender.ts'
import { type Attempt, livesOf } from './traffic.ts'
import { createWorkerPool } from './worker-pool.ts'

/** What a run is made of. */
export interface Experiment {
  seed: number
  /** Callbacks a second that providers begin to send, on average; they come in bursts. */
  rate: number
  /** The least number of callbacks, duplicates not counted; and the least time in seconds. */
  callbacks: number
  seconds: number
  /** The folder of the sources under test. */
  root?: string
  print?: (line: string) => void
}

/** What a run saw. */
export interface Report {
  violations: string[]
  faults: Record<string, number>
  counts: { sent: number; retried: number; refused: number; accepted: number; rows: number; quarantined: number }
  seconds: number
}

const CREDENTIALS = { accessKeyId: 'laboratory', secretAccessKey: 'laboratory' }
const AWS = { region: 'local', credentials: CREDENTIALS }
const QUEUE = { visibilityTimeout: 3, maxReceiveCount: 50 }
const EVENTS = { batchSize: 100, batchingWindow: 0.1, pollers: 3 }
const RECEIVERS = 2

/** Messages whose lives are under way at once: callbacks of one are mixed with those of the others. */
const LIVES = 200
const TWICE = 0.05
const CONCURRENCY = 64

/** Longer than a receiver may go without the new keys, in seconds. */
const ROTATION = 11
/** How long the queue is out of reach, the tables are away, and how long both are there in between, in seconds. */
const OUTAGE = { queue: 1.5, tables: 3, peace: 3 }

/** How long the queue may take to become empty, in seconds. */
const PATIENCE = 90

/**
 * Runs receivers, queue, worker and tables on this machine under provider traffic and faults of every kind, lets them
 * come to rest, and holds what is there against what must be there.
 */
export async function runLaboratory(experiment: Experiment): Promise<Report> {
  const { seed, root = ROOT, print = () => {} } = experiment
  const startedAt = Date.now()
  const folder = mkdtempSync(join(tmpdir(), 'delivery-ledger-laboratory-'))
  const faults = new Faults(random(seed + 1))
  const ids = providers.map(({ id }) => id)
  const keys = createKeys(ids, random(seed))

  let [sqs, dynamoDb] = await Promise.all([startSqs(folder), startDynamoDb(folder)])
  const sent = new Set<string>()
  const note: (disturb: Disturb) => Disturb = (disturb) => (call, forward) =>
    disturb(call, async (body) => {
      const answer = await forward(body)
      if (call.operation === 'SendMessage' && answer.status === 200) sent.add(JSON.parse(String(answer.body)).MessageId)
      return answer
    })
  const env: Record<string, string> = {
    PATH: process.env.PATH ?? '',
    AWS_REGION: AWS.region,
    AWS_ACCESS_KEY_ID: CREDENTIALS.accessKeyId,
    AWS_SECRET_ACCESS_KEY: CREDENTIALS.secretAccessKey,
    LEDGER_TABLE: 'ledger',
    QUARANTINE_TABLE: 'quarantine',
  }
  const mortals = new Mortals(root, env)
  const chaos: Chaos = { random: random(seed + 3), faults, mortals, isQueueDown: false }
  const tablesProxy = await startFaultProxy(() => dynamoDb.endpoint, disturbTables(chaos))
  const queueProxy = await startFaultProxy(() => sqs.endpoint, note(disturbQueue(chaos)))
  const secrets = await startSecretsServer((id) => {
    return faults.happens('Secrets Manager answers 500', 0.3) ? undefined : keys.secretOf(id)
  })
  const direct = new DynamoDBClient({ ...AWS, endpoint: tablesProxy.endpoint })
  const [ledger, quarantine] = await Promise.all([createTable(direct, 'ledger'), createTable(direct, 'quarantine')])
  const queues = new SQSClient({ ...AWS, endpoint: queueProxy.endpoint })
  const { queue, deadLetters } = await createQueue(queues, 'callbacks', QUEUE)
  Object.assign(env, {
    AWS_ENDPOINT_URL_DYNAMODB: tablesProxy.endpoint,
    AWS_ENDPOINT_URL_SQS: queueProxy.endpoint,
    AWS_ENDPOINT_URL_SECRETS_MANAGER: secrets.endpoint,
    QUEUE_URL: queue.url,
  })

  const receivers: Mortal[] = []
  let isOver = false
  async function keepReceiver(): Promise<void> {
    const receiver = await mortals.start('receivers-process')
    receivers.push(receiver)
    receiver.child.once('exit', () => {
      receivers.splice(receivers.indexOf(receiver), 1)
      if (!isOver) void keepReceiver()
    })
  }
  await Promise.all(Array.from({ length: RECEIVERS }, keepReceiver))

  const traffic = random(seed + 2)
  const pick = () =>
    receivers[traffic.integer(0, Math.max(0, receivers.length - 1))]?.greeting.url ?? 'http://127.0.0.1:1'
  const sender = createSender(pick, keys.keyOf, traffic)
  const workers = createWorkerPool(chaos, QUEUE.visibilityTimeout)
  const events = startEventSource(queue, workers.handler, EVENTS)
  faults.isActive = true

  /** Whole rounds, so that each ends in peace. */
  async function disturb(): Promise<void> {
    while (!isOver) {
      await sleep(OUTAGE.peace * 1_000)
      chaos.isQueueDown = true
      await sleep(OUTAGE.queue * 1_000)
      chaos.isQueueDown = false
      await sleep(OUTAGE.peace * 1_000)
      faults.count('DynamoDB restarted with its data')
      await dynamoDb.stop()
      await sleep(OUTAGE.tables * 1_000)
      dynamoDb = await startDynamoDb(folder)
      faults.count('SQS restarted with its data')
      await sqs.stop()
      sqs = await startSqs(folder)
    }
  }
  async function rotate(): Promise<void> {
    while (!isOver) {
      keys.rotate()
      await sleep(ROTATION * 1_000)
      keys.tell()
      faults.count('secret rotated in the middle of traffic')
      // The next one forgets the keys that some callback under way may still be signed with.
      if (!isOver) await sleep(ROTATION * 1_000)
    }
  }

  async function send(): Promise<void> {
    const fresh = livesOf(traffic)
    const lives = Array.from({ length: LIVES }, () => [...fresh.next().value])
    const end = startedAt + experiment.seconds * 1_000
    const underWay = new Set<Promise<void>>()
    let begun = 0
    const next = (): Attempt => {
      const index = traffic.integer(0, LIVES - 1)
      const life = lives[index] as Attempt[]
      // Now and then a later callback overtakes an earlier one.
      const attempt = life.splice(traffic.chance(0.1) ? traffic.integer(0, life.length - 1) : 0, 1)[0] as Attempt
      if (life.length === 0) lives[index] = [...fresh.next().value]
      return attempt
    }
    const deliver = async (attempt: Attempt) => {
      if (attempt.isSkewed) faults.count('clock of a provider wrong by hours')
      await sender.deliver(attempt)
      if (traffic.chance(TWICE)) await sender.deliver(attempt)
    }
    while (begun < experiment.callbacks || Date.now() < end) {
      const burst = traffic.chance(0.1) ? traffic.integer(20, 60) : traffic.integer(1, 6)
      for (let index = 0; index < burst; index++) {
        const delivery = deliver(next()).then(() => void underWay.delete(delivery))
        underWay.add(delivery)
        begun++
        if (begun % 10_000 === 0) print(`${begun} callbacks, ${Math.round((Date.now() - startedAt) / 1_000)} s`)
        if (underWay.size >= CONCURRENCY) await Promise.race(underWay)
      }
      await sleep((burst / experiment.rate) * 1_000)
    }
    await Promise.all(underWay)
  }

  try {
    const disturbing = Promise.all([disturb(), rotate()])
    await send()
    isOver = true
    await disturbing
    faults.isActive = false
    const calm = Date.now() + PATIENCE * 1_000
    while ((await countMessages(queue)) > 0 && Date.now() < calm) await sleep(100)
    await events.drain()

    const evidence: Evidence = {
      accepted: sender.accepted,
      wrongAnswers: sender.wrongAnswers,
      sent,
      acknowledged: workers.acknowledged,
      deadLetters: await countMessages(deadLetters),
      outcomes: workers.outcomes,
      rows: await rowsOf(ledger),
      quarantined: (await rowsOf<{ message?: string }>(quarantine)).flatMap(({ message }) =>
        message === undefined ? [] : parseCallback(message).body,
      ),
      printed: mortals.printed.join(''),
      keys: keys.all,
      startedAt,
      endedAt: Date.now(),
    }
    return {
      violations: [...judge(evidence), ...faults.missing().map((fault) => `fault: never seen: ${fault}`)],
      faults: faults.counts,
      counts: {
        ...sender.counts,
        accepted: sender.accepted.length,
        rows: evidence.rows.length,
        quarantined: evidence.quarantined.length,
      },
      seconds: (Date.now() - startedAt) / 1_000,
    }
  } finally {
    isOver = true
    mortals.stop()
    for (const part of [tablesProxy, queueProxy, secrets]) part.stop()
    await Promise.all([sqs.stop(), dynamoDb.stop()])
    rmSync(folder, { recursive: true, force: true })
  }
}

async function rowsOf<T>(table: Table): Promise<T[]> {
  const rows: T[] = []
  for await (const { Items = [] } of paginateScan({ client: table.client }, { TableName: table.name }))
    rows.push(...Items.map((item) => unmarshall(item) as T))
  return rows
}
