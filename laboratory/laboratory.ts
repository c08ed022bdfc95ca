import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { DynamoDBClient, paginateScan } from '@aws-sdk/client-dynamodb'
import { DynamoDBStreamsClient } from '@aws-sdk/client-dynamodb-streams'
import { ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs'
import { unmarshall } from '@aws-sdk/util-dynamodb'
import pMap from 'p-map'
import type { Key } from '../functions/domain/key.ts'
import { follow } from '../functions/platform/follow.ts'
import { parkedIn } from '../functions/platform/parking.ts'
import { countMessages, type Queue } from '../functions/platform/queue.ts'
import type { Table } from '../functions/platform/table.ts'
import { providers } from '../functions/providers/index.ts'
import { LOCAL_AWS } from '../local/credentials.ts'
import { createDeliveries } from '../local/deliveries.ts'
import { startDynamoDb } from '../local/dynamodb.ts'
import { startEventSource } from '../local/event-source.ts'
import { createPlainQueue, createQueue, createTable } from '../local/resources.ts'
import { ROOT } from '../local/sources.ts'
import { startSqs } from '../local/sqs.ts'
import type { Parts } from '../local/stack.ts'
import { startStreamSource } from '../local/stream-source.ts'
import { createAccount } from './account.ts'
import { type Chaos, disturbQueue, disturbTables } from './chaos.ts'
import { type Disturb, startFaultProxy } from './fault-proxy.ts'
import { Faults } from './faults.ts'
import { createKeys } from './keys.ts'
import { type Mortal, Mortals } from './mortals.ts'
import { createOperating, redrive } from './operating.ts'
import { type Evidence, judge, type KeptDelivery, type KeptRow } from './oracle.ts'
import { disturbServices, rotateKeys } from './outages.ts'
import { random } from './random.ts'
import { startSecretsServer } from './secrets-server.ts'
import { createSender } from './sender.ts'
import { createStreamPool } from './stream-pool.ts'
import { startTopic } from './topic.ts'
import { sendTraffic } from './traffic.ts'
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
  /** The violations of the guarantees. */
  violations: string[]
  /** How often each fault happened; those that the run was too short to meet. */
  faults: Record<string, number>
  missing: string[]
  counts: { sent: number; retried: number; refused: number; accepted: number; rows: number; quarantined: number }
  seconds: number
  evidence: Evidence
}

const QUEUE = { visibilityTimeout: 3, maxReceiveCount: 4 }
const EVENTS = { batchSize: 100, batchingWindow: 0.1, pollers: 3 }
const RECEIVERS = 2

/** The rate of the stage: so many times the average rate of the providers, which send in bursts. */
const STAGE_FACTOR = 2

/** How long the tables are away when they are restarted, in milliseconds: longer than the worker itself tries. */
const TABLES_AWAY = 3_000

/** How long the queue may take to become empty, in seconds. */
const PATIENCE = 90

/** The share of a run before the account may run more than ten functions at once; 0 to 1. */
const QUOTA_RAISED = 0.25

/** Callbacks with which a run meets every fault, as a rule. */
export const ENOUGH = 500

/** The shares of a run before the first worker has the next mappings, and before all have; 0 to 1. */
const UPGRADE = { begins: 0.35, ends: 0.7 }

/**
 * Runs receivers, queue, worker and tables on this machine under provider traffic and faults of every kind, waits
 * until all is finished, and compares what is there with what must be there.
 */
export async function runLaboratory(experiment: Experiment): Promise<Report> {
  const { seed, root = ROOT, print = () => {} } = experiment
  const startedAt = Date.now()
  const folder = mkdtempSync(join(tmpdir(), 'delivery-ledger-laboratory-'))
  const faults = new Faults(random(seed + 1))
  const ids = providers.map(({ id }) => id)
  const keys = createKeys(ids, random(seed))

  let [sqs, dynamoDb] = await Promise.all([startSqs(folder), startDynamoDb(folder)])
  const sent = new Map<string, { provider: string; isReplay: boolean }>()
  const note: (disturb: Disturb) => Disturb = (disturb) => (call, forward) =>
    disturb(call, async (body) => {
      const answer = await forward(body)
      if (call.operation === 'SendMessage' && answer.status === 200) {
        const { provider, replay } = JSON.parse(JSON.parse(call.body.toString()).MessageBody)
        sent.set(JSON.parse(String(answer.body)).MessageId, { provider, isReplay: replay === true })
      }
      return answer
    })
  const env: Record<string, string> = {
    PATH: process.env.PATH ?? '',
    AWS_REGION: LOCAL_AWS.region,
    AWS_ACCESS_KEY_ID: LOCAL_AWS.credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: LOCAL_AWS.credentials.secretAccessKey,
    LEDGER_TABLE: 'ledger',
    QUARANTINE_TABLE: 'quarantine',
    // The same processes start again and again.
    NODE_COMPILE_CACHE: join(folder, 'compiled'),
    DELIVERIES_TABLE: 'deliveries',
  }
  const mortals = new Mortals(root, env)
  const choices = random(seed + 3)
  const hasTime = experiment.callbacks >= ENOUGH
  const rows = { random: choices, faults, failing: new Map(), partitions: new Map(), hasTime }
  let share = 0
  const version = () => {
    if (share >= UPGRADE.begins && share < UPGRADE.ends) faults.count('mapping upgraded in the middle of traffic')
    const isNext = share >= UPGRADE.ends || (share >= UPGRADE.begins && choices.chance(0.5))
    return isNext ? 'next' : 'today'
  }
  const account = createAccount(faults, STAGE_FACTOR * experiment.rate)
  const chaos: Chaos = {
    random: choices,
    faults,
    mortals,
    rows,
    account,
    isQueueDown: false,
    isTopicDown: false,
    version,
  }
  const tablesProxy = await startFaultProxy(() => dynamoDb.endpoint, disturbTables(chaos))
  const queueProxy = await startFaultProxy(() => sqs.endpoint, note(disturbQueue(chaos)))
  const topic = await startTopic({ faults, mortals, isTopicDown: () => chaos.isTopicDown })
  const secrets = await startSecretsServer((id) => {
    return faults.happens('Secrets Manager answers 500', 0.1) ? undefined : keys.secretOf(id)
  })
  const direct = new DynamoDBClient({ ...LOCAL_AWS, endpoint: tablesProxy.endpoint })
  const [ledger, quarantine] = await Promise.all([
    createTable(direct, 'ledger', { stream: 'NEW_IMAGE' }),
    createTable(direct, 'quarantine'),
  ])
  const queues = new SQSClient({ ...LOCAL_AWS, endpoint: queueProxy.endpoint })
  const deliveries = await createDeliveries(direct, 'deliveries')
  const { queue, deadLetters } = await createQueue(queues, 'callbacks', QUEUE)
  const parked = await createPlainQueue(queues, 'parked')
  Object.assign(env, {
    AWS_ENDPOINT_URL_DYNAMODB: tablesProxy.endpoint,
    AWS_ENDPOINT_URL_SQS: queueProxy.endpoint,
    AWS_ENDPOINT_URL_SNS: topic.endpoint,
    AWS_ENDPOINT_URL_SECRETS_MANAGER: secrets.endpoint,
    QUEUE_URL: queue.url,
    PARKED_URL: parked.url,
    PARTS: JSON.stringify({
      ...{ ledger: ledger.name, quarantine: quarantine.name, deliveries: deliveries.name },
      ...{ queue: queue.url, deadLetters: deadLetters.url, parked: parked.url, topic: '' },
      ...{ dynamoDb: tablesProxy.endpoint, sqs: queueProxy.endpoint, publicUrl: '' },
    } satisfies Parts),
  })

  const receivers: Mortal[] = []
  let isOver = false
  let isEnded = false
  async function keepReceiver(): Promise<void> {
    const receiver = await mortals.start('receivers-process')
    receivers.push(receiver)
    receiver.child.once('exit', () => {
      receivers.splice(receivers.indexOf(receiver), 1)
      if (isEnded) return
      keepReceiver().catch((error) => {
        if (!isEnded) throw error
      })
    })
  }
  await Promise.all(Array.from({ length: RECEIVERS }, keepReceiver))

  const traffic = random(seed + 2)
  const pick = () =>
    receivers[traffic.integer(0, Math.max(0, receivers.length - 1))]?.greeting.url ?? 'http://127.0.0.1:1'
  const sender = createSender({
    url: pick,
    secretOf: keys.announcedTo,
    account: chaos.account,
    faults,
    random: traffic,
  })
  const operating = createOperating(pick, root, faults, random(seed + 4))
  const workers = createWorkerPool(chaos, QUEUE.visibilityTimeout)
  const events = startEventSource(queue, workers.handler, EVENTS)
  const streams = new DynamoDBStreamsClient({ ...LOCAL_AWS, endpoint: tablesProxy.endpoint })
  const stream = startStreamSource(ledger, streams, createStreamPool(chaos, 'follower'), { batchSize: 50 })
  const changes = startStreamSource(deliveries, streams, createStreamPool(chaos, 'publisher'), { batchSize: 50 })
  faults.isActive = true

  const restartTables = async () => {
    await dynamoDb.stop()
    await sleep(TABLES_AWAY)
    dynamoDb = await startDynamoDb(folder)
  }
  const restartQueue = async () => {
    await sqs.stop()
    sqs = await startSqs(folder)
  }
  const isRunning = () => !isOver

  const report = (line: string) => print(`${Math.round((Date.now() - startedAt) / 1_000)} s: ${line}`)
  const redriven = new Set<string>()

  /** Waits until all that is in the queue, and all that became a dead letter, is finished. */
  async function comeToRest(): Promise<void> {
    const end = Date.now() + PATIENCE * 1_000
    while (Date.now() < end) {
      for (const id of await redrive(deadLetters, queue, faults)) redriven.add(id)
      if ((await countMessages(queue)) === 0 && (await countMessages(deadLetters)) === 0) return
      await sleep(100)
    }
  }

  try {
    const disturbing = Promise.all([
      disturbServices(chaos, { restartTables, restartQueue }, isRunning),
      rotateKeys(keys, faults, isRunning),
      operating.replayAgainAndAgain(isRunning),
    ])
    const progress = (done: number) => {
      share = done
      account.isRaised = done >= QUOTA_RAISED
    }
    await sendTraffic(sender, { ...experiment, random: traffic, faults, startedAt, print, progress })
    isOver = true
    share = 1
    await disturbing
    report(`${sender.counts.sent} callbacks sent, waiting until all are finished`)
    faults.isActive = false
    while (receivers.length < RECEIVERS) await sleep(50)
    await waitForDeadLetter(chaos, () => countMessages(deadLetters))
    await comeToRest()
    for (let round = 0; round < 3 && (await operating.replayReadable(sender.accepted)) > 0; round++) await comeToRest()
    report('all are finished; reading the ledger')
    const dropped = await operating.drop()
    await events.drain()
    await stream.drain()
    await follow(deliveries, ledger, await keysIn(parked))
    await changes.drain()

    const rows = await rowsOf<KeptRow>(ledger)
    const messages = new Map(rows.map(({ pk, provider, messageId }) => [pk, { provider, messageId }]))
    const evidence: Evidence = {
      accepted: sender.accepted,
      wrongAnswers: sender.wrongAnswers,
      sent,
      acknowledged: workers.acknowledged,
      redriven,
      deadLetters: await countMessages(deadLetters),
      outcomes: workers.outcomes,
      given: workers.given,
      rows,
      shown: new Map(
        await pMap(messages, async ([pk, { provider, messageId }]) => [pk, await operating.show(provider, messageId)], {
          concurrency: 8,
        }),
      ),
      deliveries: (await rowsOf<KeptDelivery>(deliveries)).filter(({ records }) => records > 0),
      told: topic.told,
      quarantined: await operating.list(),
      dropped,
      printed: mortals.printed,
      keys: keys.all,
      startedAt,
      endedAt: Date.now(),
    }
    return {
      violations: judge(evidence),
      faults: faults.counts,
      missing: faults.missing(),
      counts: {
        ...sender.counts,
        accepted: sender.accepted.length,
        rows: rows.length,
        quarantined: evidence.quarantined.length,
      },
      seconds: (Date.now() - startedAt) / 1_000,
      evidence,
    }
  } finally {
    isOver = isEnded = true
    mortals.stop()
    for (const part of [tablesProxy, queueProxy, topic, secrets]) part.stop()
    await Promise.all([sqs.stop(), dynamoDb.stop()])
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Waits for the callback whose row fails all the time, if there is one, and lets it be written from then on. */
async function waitForDeadLetter({ rows: { failing } }: Chaos, count: () => Promise<number>): Promise<void> {
  const isFailing = failing.values().some((until) => until === Number.POSITIVE_INFINITY)
  const end = Date.now() + 2 * QUEUE.maxReceiveCount * QUEUE.visibilityTimeout * 1_000
  while (isFailing && (await count()) === 0 && Date.now() < end) await sleep(100)
  failing.clear()
}

async function rowsOf<T>(table: Table): Promise<T[]> {
  const rows: T[] = []
  for await (const { Items = [] } of paginateScan({ client: table.client }, { TableName: table.name }))
    rows.push(...Items.map((item) => unmarshall(item) as T))
  return rows
}

/** The keys that followers have parked, which are taken out of the queue. */
async function keysIn({ client, url }: Queue): Promise<Key[]> {
  const keys: Key[] = []
  while (true) {
    const { Messages = [] } = await client.send(
      new ReceiveMessageCommand({ QueueUrl: url, MaxNumberOfMessages: 10, VisibilityTimeout: 600 }),
    )
    if (Messages.length === 0) return keys
    for (const { Body = '' } of Messages) {
      const parked = parkedIn(Body)
      if ('key' in parked) keys.push(parked.key)
    }
  }
}
