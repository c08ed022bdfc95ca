import { once } from 'node:events'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { SQSClient } from '@aws-sdk/client-sqs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Callback } from '../functions/domain/callback.ts'
import { enqueue } from '../functions/platform/queue.ts'
import { startEventSource } from '../local/event-source.ts'
import { callbackOf } from '../local/fixture-outcome.ts'
import { readFixtures } from '../local/fixtures.ts'
import { createQueue } from '../local/resources.ts'
import { startSqs } from '../local/sqs.ts'
import { type Stack, startStack } from '../local/stack.ts'
import { sendSms } from './callbacks.ts'
import { createTestWorker, eventOf, readLedger, recordingTelemetry, useDynamoDb } from './emulators.ts'
import { until } from './until.ts'

const dynamoDb = useDynamoDb()
const callbacks: Callback[] = readFixtures('octopush').map(callbackOf)

test('a worker that dies between write and acknowledgement leaves what one that lives leaves', async () => {
  const sqs = await startSqs()
  const client = new SQSClient({
    endpoint: sqs.endpoint,
    region: 'local',
    credentials: { accessKeyId: 'x', secretAccessKey: 'x' },
  })
  const { queue } = await createQueue(client, 'callbacks', { visibilityTimeout: 1, maxReceiveCount: 5 })
  const { worker, ledger, telemetry } = await createTestWorker(dynamoDb)
  await Promise.all(callbacks.map((callback) => enqueue(queue, callback)))

  let deaths = 0
  const mortal: typeof worker = async (event) => {
    const response = await worker(event)
    if (deaths++ < 2) throw new Error('the process is gone')
    return response
  }
  const source = startEventSource(queue, mortal, { batchSize: 100, batchingWindow: 0.05 })
  const settled = () =>
    new Set(telemetry.batches.slice(2).flatMap(({ outcomes }) => outcomes.map(({ callback }) => callback.requestId)))
  await until(() => settled().size === callbacks.length)
  expect(await source.drain()).toBe(0)
  await sqs.stop()

  const unharmed = await createTestWorker(dynamoDb)
  await unharmed.worker(eventOf(callbacks))
  expect(await readLedger(ledger)).toEqual(await readLedger(unharmed.ledger))
})

/** A wire to a server that can be cut. */
async function startWire(target: string) {
  const { hostname, port } = new URL(target)
  const open = new Set<Socket>()
  let isCut = false
  const server: Server = createServer((socket) => {
    if (isCut) return socket.destroy()
    const remote = connect(Number(port), hostname)
    for (const end of [socket, remote]) {
      open.add(end)
      end.on('error', () => end.destroy()).on('close', () => open.delete(end))
    }
    socket.pipe(remote).pipe(socket)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    endpoint: `http://127.0.0.1:${(server.address() as { port: number }).port}`,
    cut(cut: boolean) {
      isCut = cut
      if (cut) for (const socket of open) socket.destroy()
    },
    stop: () => server.close(),
  }
}

let stack: Stack
let wire: Awaited<ReturnType<typeof startWire>>
let sqs: Awaited<ReturnType<typeof startSqs>>
const telemetry = recordingTelemetry()

beforeAll(async () => {
  sqs = await startSqs()
  wire = await startWire(sqs.endpoint)
  process.env.SQS_ENDPOINT = wire.endpoint
  stack = await startStack({
    port: 0,
    telemetry,
    eventSource: { batchSize: 10, batchingWindow: 0.02, visibilityTimeout: 2, maxReceiveCount: 10 },
  })
  delete process.env.SQS_ENDPOINT
})

afterAll(async () => {
  await stack?.stop()
  wire?.stop()
  await sqs?.stop()
})

test('while the queue is down callers get 503, and what was taken before and after is all stored', async () => {
  const taken: string[] = []
  const send = async (phase: string) => {
    const statuses: number[] = []
    for (let n = 0; n < 20; n++) {
      const response = await sendSms(stack.url, `${phase}_${n}`)
      statuses.push(response.status)
      if (response.ok) taken.push(`${phase}_${n}`)
      else expect(response.headers.get('retry-after')).toBe('5')
    }
    return new Set(statuses)
  }

  expect(await send('before')).toEqual(new Set([200]))
  wire.cut(true)
  expect(await send('during')).toEqual(new Set([503]))
  const health = await fetch(`${stack.url}/health`)
  expect([health.status, await health.json()]).toEqual([503, { queue: 'down', tables: 'up' }])
  wire.cut(false)
  expect(await send('after')).toEqual(new Set([200]))

  // Not the outcomes: what was stored when the wire was cut, but not acknowledged, has another one.
  const stored = async () => (await readLedger(stack.ledger)).map(({ messageId }) => messageId)
  await until(async () => (await stored()).length >= taken.length)
  expect((await stored()).sort()).toEqual(taken.sort())
  expect(telemetry.refusals).toHaveLength(20)
}, 60_000)
