import { execFileSync } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { SQSClient } from '@aws-sdk/client-sqs'
import type { Context } from 'aws-lambda'
import { beforeAll, describe, expect, test } from 'vitest'
import { mockTransport } from '../bench/aws-mock.ts'
import { httpEvent, queueEvent } from '../bench/events.ts'
import { FIRST_TRY, workerLogBytes } from '../bench/measures.ts'
import { fixedSecret } from '../functions/platform/secrets.ts'
import { providers } from '../functions/providers/index.ts'
import { octopush } from '../functions/providers/octopush/provider.ts'
import { createReceiver } from '../functions/receiver/receiver.ts'
import { createSender } from '../functions/sender/sender.ts'
import { createWorker } from '../functions/worker/worker.ts'
import { serve } from '../laboratory/server.ts'
import { eventOf } from './emulators.ts'

const AWS = { region: 'eu-west-1', credentials: { accessKeyId: 'test', secretAccessKey: 'test' } }
const SILENT = { refused() {}, greeted() {}, worked() {}, unexpected() {} }

/** A transport that answers as AWS and keeps every call: its operation and its request. */
function countingTransport() {
  // biome-ignore lint/suspicious/noExplicitAny: what the tests expect of a request is what they check
  const calls: { operation: string; request: any }[] = []
  const requestHandler = mockTransport((operation, request) => calls.push({ operation, request: JSON.parse(request) }))
  return { calls, requestHandler }
}

test('a callback is one call to the queue, and no other', async () => {
  const { calls, requestHandler } = countingTransport()
  const receiver = createReceiver({
    provider: octopush,
    secrets: fixedSecret({ current: 'key' }),
    queue: {
      client: new SQSClient({ ...AWS, requestHandler, useQueueUrlAsEndpoint: false }),
      url: 'https://sqs.eu-west-1.amazonaws.com/000000000000/callbacks',
    },
    telemetry: SILENT,
  })
  expect((await receiver(httpEvent(), {} as Context)).statusCode).toBe(200)
  expect(calls.map(({ operation }) => operation)).toEqual(['SendMessage'])
})

test('a batch is one write for each distinct status, 25 a call, with no read and no transaction', async () => {
  const { calls, requestHandler } = countingTransport()
  const table = { client: new DynamoDBClient({ ...AWS, requestHandler }), name: 'ledger' }
  const worker = createWorker({ providers, ledger: table, quarantine: table, telemetry: SILENT })
  const { Records } = queueEvent(100)
  await worker({ Records: [...Records, ...Records] })
  expect(calls.map(({ operation }) => operation)).toEqual(Array(4).fill('BatchExecuteStatement'))
  const statements = calls.flatMap(({ request }) => request.Statements)
  expect(statements).toHaveLength(100)
  for (const { Statement } of statements) expect(Statement).toMatch(/^INSERT INTO /)
})

test('large records are few to a request: it stays below two megabytes', async () => {
  const { calls, requestHandler } = countingTransport()
  const table = { client: new DynamoDBClient({ ...AWS, requestHandler }), name: 'ledger' }
  const worker = createWorker({ providers, ledger: table, quarantine: table, telemetry: SILENT })
  const note = 'x'.repeat(350_000)
  const deliveries = [...Array(20).keys()].map((n) => ({
    email: `${n}@example.com`,
    status: 'READ',
    delivery_date: '2025-01-22 12:24:30',
  }))
  await worker(queueEvent(1, () => JSON.stringify({ message_id: 'large', note, deliveries })))
  expect(calls.flatMap(({ request }) => request.Statements)).toHaveLength(20)
  for (const { request } of calls) expect(JSON.stringify(request).length).toBeLessThan(2_000_000)
})

test('ten events for an endpoint are ten requests to it, a read and a write of its state, and a write of what was told', async () => {
  let requests = 0
  const consumer = await serve((_, response) => {
    requests++
    response.end()
  })
  const { calls, requestHandler } = countingTransport()
  const queues = new SQSClient({ ...AWS, requestHandler, useQueueUrlAsEndpoint: false })
  const sender = createSender({
    endpoint: { name: 'crm', url: consumer.endpoint },
    secrets: fixedSecret({ current: 'MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw' }),
    queue: { client: queues, url: 'https://sqs.eu-west-1.amazonaws.com/000000000000/crm' },
    deadLetters: { client: queues, url: 'https://sqs.eu-west-1.amazonaws.com/000000000000/dead' },
    webhooks: { client: new DynamoDBClient({ ...AWS, requestHandler }), name: 'webhooks' },
    telemetry: { told() {}, unexpected() {} },
    allowPrivate: true,
  })
  const event = () =>
    JSON.stringify({
      id: randomUUID(),
      type: 'test',
      subject: randomUUID(),
      recordedtime: '',
      data: { status: 'sent' },
    })
  const { batchItemFailures } = await sender(eventOf(Array.from({ length: 10 }, event), 1, Date.now()))
  consumer.stop()
  expect(batchItemFailures).toEqual([])
  expect(requests).toBe(10)
  expect(calls.map(({ operation }) => operation)).toEqual(['GetItem', 'BatchWriteItem', 'UpdateItem'])
})

test('a recorded callback leaves ten bytes in the log at most, in a full batch', () => {
  expect(workerLogBytes(100)).toBeLessThanOrEqual(10)
})

describe('the model of costs', () => {
  // biome-ignore lint/suspicious/noExplicitAny: its JSON, of which each test expects what it checks
  let model: any
  const sum = (parts: Record<string, number>) => Object.values(parts).reduce((total, dollars) => total + dollars, 0)

  beforeAll(() => {
    model = JSON.parse(execFileSync(process.execPath, ['bench/cost.ts', '--json'], { encoding: 'utf8' }))
  }, 60_000)

  test('a million callbacks are $2.47 in batches of ten, $2.40 in bulk, and $0.85 more for deliveries without look-ups and patience', () => {
    const { perMillion, deliveries, events } = model
    expect(sum(perMillion.steady)).toBeLessThanOrEqual(2.475)
    expect(sum(perMillion.bulk)).toBeLessThanOrEqual(2.405)
    const { 'deliveries without any of these keys': always, ...keys } = deliveries.steady
    expect(always).toBeLessThanOrEqual(0.85)
    const [, section = ''] = /\n## Cost\n(.*)/s.exec(readFileSync('docs/deploy.md', 'utf8')) ?? []
    const [, rows = ''] = /\| key \|[^\n]*\n[^\n]*\n(.*?)\n\n/s.exec(section) ?? []
    const documented = rows.split('\n').map((row) => row.split('|')[2]?.trim())
    const { patience, expectations, ...lookups } = keys
    expect(documented).toEqual(
      [
        ...[always, patience, ...Object.values<number>(lookups), expectations],
        ...Object.values<number>(events.steady),
      ].map((dollars) => dollars.toFixed(2)),
    )
  })

  test('custom metrics are $17.10 a month of four providers, and the README’s first try as it says', () => {
    const { months, firstTry } = model
    expect(months['1 million'].metrics).toBeLessThanOrEqual(17.1)
    const { idle, 'in use': inUse } = firstTry
    expect(readFileSync('README.md', 'utf8')).toContain(
      `costs $${sum(idle).toFixed(2)} a month when idle, and $${sum(inUse).toFixed(2)} more`,
    )
    expect(readFileSync('README.md', 'utf8')).toContain(`-c providers=${FIRST_TRY}`)
  })
})
