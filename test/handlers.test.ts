import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { ReceiveMessageCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Callback } from '../functions/domain/callback.ts'
import { pauseEndpoint, readState } from '../functions/platform/endpoints.ts'
import { listQuarantined } from '../functions/platform/quarantine.ts'
import { countMessages, type Queue } from '../functions/platform/queue.ts'
import type { Table } from '../functions/platform/table.ts'
import { providers } from '../functions/providers/index.ts'
import { LOCAL_AWS } from '../local/credentials.ts'
import { callbackOf } from '../local/fixture-outcome.ts'
import { readFixtures } from '../local/fixtures.ts'
import { createQueue } from '../local/resources.ts'
import { startSqs } from '../local/sqs.ts'
import { eventOf, readAll, readLedger, useDynamoDb } from './emulators.ts'

const dynamoDb = useDynamoDb()
let sqs: Awaited<ReturnType<typeof startSqs>>
let queue: Queue
let ledger: Table
let quarantine: Table
let secrets: Server
let secret: string | undefined = '{"current":"new-key","previous":"old-key"}'
let environment: Record<string, string>

beforeAll(async () => {
  sqs = await startSqs()
  const client = new SQSClient({ ...LOCAL_AWS, endpoint: sqs.endpoint })
  queue = (await createQueue(client, 'callbacks', { visibilityTimeout: 30, maxReceiveCount: 3 })).queue
  ;[ledger, quarantine] = await Promise.all([dynamoDb.newTable(), dynamoDb.newTable()])
  // No emulator of Secrets Manager runs without a JVM or Python: this answers its one call as the service does.
  secrets = createServer((_, response) => {
    response.writeHead(secret === undefined ? 500 : 200, { 'content-type': 'application/x-amz-json-1.1' })
    response.end(secret === undefined ? '{"__type":"InternalServiceError"}' : JSON.stringify({ SecretString: secret }))
  }).listen(0, '127.0.0.1')
  await once(secrets, 'listening')
  environment = {
    // DynamoDB Local keeps tables apart by region and access key.
    AWS_REGION: LOCAL_AWS.region,
    AWS_ACCESS_KEY_ID: LOCAL_AWS.credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: LOCAL_AWS.credentials.secretAccessKey,
    AWS_ENDPOINT_URL_SQS: sqs.endpoint,
    AWS_ENDPOINT_URL_DYNAMODB: dynamoDb.endpoint(),
    AWS_ENDPOINT_URL_SECRETS_MANAGER: `http://127.0.0.1:${(secrets.address() as { port: number }).port}`,
    POWERTOOLS_SERVICE_NAME: 'ledger-test',
    PROVIDER: 'octopush',
    SECRET_ID: 'octopush-secret',
    QUEUE_URL: queue.url,
    CATALOGUE: providers.map(({ id }) => id).join(),
    LEDGER_TABLE: ledger.name,
    QUARANTINE_TABLE: quarantine.name,
    DELIVERIES_TABLE: (await dynamoDb.newDeliveries()).name,
    HASH_KEY_SECRET: 'hash-key',
    LOOKUPS: '["reference"]',
    PATIENCE: '{"default":72}',
    EXPECTATIONS: 'true',
  }
})

afterAll(async () => {
  secrets?.close()
  await sqs?.stop()
})

/** Invokes a deployed entry point in a process of its own, as Lambda does; gives its answers and all that it printed. */
async function invoke(
  entry: 'receiver' | 'worker' | 'query' | 'sender' | 'keeper',
  events: unknown[],
  variables: Record<string, string> = {},
) {
  const script = `
    const { writeFileSync } = await import('node:fs')
    const { handler, ready } = await import('./functions/${entry}/handler.ts')
    await ready
    const events = ${JSON.stringify(events)}
    const answers = []
    for (const event of events) answers.push(await handler(event, {}))
    writeFileSync(3, JSON.stringify(answers))
    process.exit(0)`
  const child = spawn(process.execPath, ['--input-type=module', '-'], {
    env: { PATH: process.env.PATH, TZ: process.env.TZ, ...environment, ...variables },
    stdio: ['pipe', 'pipe', 'pipe', 'pipe'],
  })
  child.stdin.end(script)
  const [out, err, answers] = await Promise.all(
    [child.stdout, child.stderr, child.stdio[3] as Readable].map((stream) => text(stream)),
  )
  const printed = `${out}${err}`
  const lines = printed.split('\n').filter(Boolean)
  return { answers: JSON.parse(answers ?? ''), printed, lines: lines.map((line) => JSON.parse(line)) }
}

const request = (headers: Record<string, string>, body: string, method = 'POST') => ({
  routeKey: 'ANY /webhooks/octopush',
  rawPath: '/webhooks/octopush',
  rawQueryString: '',
  headers,
  body,
  isBase64Encoded: false,
  requestContext: { requestId: 'request-1', timeEpoch: Date.now(), http: { method } },
})

const callback = (provider: string, name: string): Callback => {
  const found = readFixtures(provider).find((fixture) => fixture.name === name)
  if (found === undefined) throw new Error(`no fixture ${name}`)
  return { ...callbackOf(found), receivedAt: new Date(Date.now() - 1_500).toISOString() }
}

/** The metrics of an EMF line that CloudWatch would make. */
function metricsOf(line: Record<string, unknown>) {
  const { CloudWatchMetrics } = line._aws as {
    CloudWatchMetrics: { Namespace: string; Dimensions: string[][]; Metrics: { Name: string }[] }[]
  }
  return CloudWatchMetrics.map(({ Namespace, Dimensions, Metrics }) => ({
    Namespace,
    dimensions: Dimensions.map((names) => names.map((name) => `${name}=${line[name]}`).sort()),
    values: Object.fromEntries(Metrics.map(({ Name }) => [Name, line[Name]])),
  }))[0]
}

describe('the receiver', () => {
  test('admits the current and the previous key, and prints nothing but its start', async () => {
    const before = await countMessages(queue)
    const { answers, lines } = await invoke('receiver', [
      request({ 'x-api-key': 'new-key' }, '{}'),
      request({ 'x-api-key': 'old-key' }, '{}'),
    ])
    expect(answers).toEqual([{ statusCode: 200 }, { statusCode: 200 }])
    expect(lines.map(metricsOf)).toMatchObject([{ values: { coldStart: expect.any(Number) } }])
    expect(await countMessages(queue)).toBe(before + 2)
  })

  test('counts refusals by reason, and prints nothing of the request', async () => {
    const { answers, lines, printed } = await invoke('receiver', [
      request({ 'x-api-key': 'guessed-key' }, '{"number":"+33600112233"}'),
      request({ 'x-api-key': 'new-key' }, '{}', 'GET'),
      request({ 'x-api-key': 'new-key' }, 'x'.repeat(4_800_000)),
    ])
    expect(answers.map(({ statusCode }: { statusCode: number }) => statusCode)).toEqual([401, 405, 413])
    for (const { body } of answers) expect(JSON.parse(body).instance).toBe('request-1')
    expect(lines.slice(1).map(metricsOf)).toEqual(
      ['unauthorized', 'method', 'size'].map(() => ({
        Namespace: 'DeliveryLedger',
        dimensions: [['provider=octopush', 'service=ledger-test']],
        values: { refused: 1 },
      })),
    )
    expect(lines.slice(1)).toMatchObject(
      ['unauthorized', 'method', 'size'].map((reason) => ({ [`refused.${reason}`]: '1' })),
    )
    for (const word of ['guessed-key', 'new-key', '33600112233']) expect(printed).not.toContain(word)
  })

  test('answers 503 while the secret or the queue cannot be reached', async () => {
    secret = undefined
    const withoutSecret = await invoke('receiver', [request({ 'x-api-key': 'new-key' }, '{}')], {
      AWS_MAX_ATTEMPTS: '1',
    })
    secret = '{"current":"new-key"}'
    const withoutQueue = await invoke('receiver', [request({ 'x-api-key': 'new-key' }, '{}')], {
      AWS_ENDPOINT_URL_SQS: 'http://127.0.0.1:9',
    })
    for (const { answers, lines } of [withoutSecret, withoutQueue]) {
      expect(answers).toMatchObject([{ statusCode: 503, headers: { 'retry-after': '5' } }])
      expect(metricsOf(lines[1])?.values).toEqual({ refused: 1 })
      expect(lines[1]).toMatchObject({ 'refused.unavailable': '1' })
      expect(lines[2]).toMatchObject({ level: 'ERROR', cause: expect.any(String) })
    }
  })
})

test('the worker prints one metric line for each provider of a batch and one for what goes back, and no id, address or key', async () => {
  const good = ['document-sms', 'unmapped-status', 'reply', 'malformed-date', 'document-sms'].map((name) =>
    callback('octopush', name),
  )
  const messages = [...good, callback('telesign', 'document-fallback'), 'poison']
  const { answers, lines, printed } = await invoke('worker', [eventOf(messages)])
  expect(answers).toEqual([{ batchItemFailures: [{ itemIdentifier: 'message-6' }] }])
  const metrics = lines.filter((line) => '_aws' in line).map(metricsOf)
  const delay = { providerDelay: expect.any(Number), storeDelay: expect.any(Number) }
  expect(metrics.map((line) => [line?.dimensions, line?.values])).toEqual([
    [
      [['provider=octopush', 'service=ledger-test']],
      {
        accepted: 5,
        recorded: 2,
        arrived: 1,
        unmapped: 1,
        ignored: 1,
        quarantined: 1,
        duplicate: 1,
        ...delay,
      },
    ],
    [[['provider=telesign', 'service=ledger-test']], { accepted: 1, recorded: 1, failed: 1, arrived: 1, ...delay }],
    [[['service=ledger-test']], { returned: 1 }],
  ])
  expect(lines.find((line) => 'ignored.reply' in line)).toMatchObject({ accepted: 5, 'ignored.reply': '1' })
  const storeDelay = metrics[0]?.values.storeDelay as number
  expect(storeDelay).toBeGreaterThanOrEqual(1_500)
  expect(storeDelay).toBeLessThan(60_000)
  expect(lines.filter((line) => !('_aws' in line))).toMatchObject([
    { level: 'WARN', message: 'unmapped statuses', words: { 'octopush TELEPORTED': 1 } },
    { level: 'WARN', message: 'messages go back to the queue', causes: { SyntaxError: 1 } },
  ])
  for (const word of ['33600112233', 'sms_', '35C8B5D5', 'local-key', 'List Name']) expect(printed).not.toContain(word)
  expect(await readLedger(ledger)).toHaveLength(4)
  expect((await listQuarantined(quarantine, ['octopush'], 10)).items).toHaveLength(1)
})

test('the worker reads times in the zone of its environment, and lets rows expire after the days that it names', async () => {
  const { answers } = await invoke(
    'worker',
    [eventOf([{ ...callback('octopush', 'document-sms'), requestId: 'zone' }])],
    {
      TIME_ZONES: '{"octopush":"America/New_York"}',
      LEDGER_RETENTION_DAYS: '30',
    },
  )
  expect(answers).toEqual([{ batchItemFailures: [] }])
  const row = (await readAll(ledger)).find(({ occurredAt }) => occurredAt === '2025-01-22T16:46:06.000Z')
  expect((Number(row?.expiresAt) - Date.now() / 1000) / (24 * 60 * 60)).toBeCloseTo(30, 2)
})

test('the query API reads what the worker wrote', async () => {
  const event = {
    ...request({}, ''),
    routeKey: 'GET /v1/messages/{provider}/{messageId+}',
    pathParameters: { provider: 'octopush', messageId: 'sms_0000000000000000000000' },
  }
  const { answers, printed } = await invoke('query', [
    { ...event, queryStringParameters: null },
    { ...event, routeKey: 'GET /nothing', pathParameters: null },
  ])
  expect(JSON.parse(answers[0].body).deliveries).toMatchObject([{ recipient: '+33600112233', status: 'delivered' }])
  expect(answers[1].statusCode).toBe(404)
  expect(printed).toBe('')
})

test('the query API finds what a sender has stated by the look-up that the stage has', async () => {
  const { answers, printed } = await invoke('query', [
    {
      ...request(
        {},
        '[{"provider":"octopush","messageId":"new","sentAt":"2025-01-22T10:00:00Z","reference":"order-1"}]',
      ),
      routeKey: 'PUT /v1/expectations',
    },
    { ...request({}, ''), routeKey: 'GET /v1/deliveries', queryStringParameters: { reference: 'order-1' } },
    { ...request({}, ''), routeKey: 'GET /v1/deliveries', queryStringParameters: { campaign: 'summer' } },
  ])
  expect(answers[0]).toEqual({ statusCode: 204 })
  expect(JSON.parse(answers[1].body).items).toMatchObject([{ messageId: 'new', status: null, reference: 'order-1' }])
  expect(answers[2].statusCode).toBe(400)
  expect(printed).not.toContain('order-1')
})

describe('webhooks', () => {
  const KEY = 'AbCdEfGhIjKlMnOpQrStUvWxYz0123456789abcd'
  let webhooks: Table
  let own: Record<string, string>

  beforeAll(async () => {
    webhooks = await dynamoDb.newTable()
    const client = queue.client
    const parts = await createQueue(client, 'webhooks-crm', { visibilityTimeout: 30, maxReceiveCount: 3 })
    const crm = { name: 'crm', url: 'https://127.0.0.1:1/hook?token=in-the-url', filter: {}, recipients: 'masked' }
    own = {
      ENDPOINT: JSON.stringify(crm),
      ENDPOINTS: JSON.stringify([
        ...[{ ...crm, queueUrl: parts.queue.url, deadLettersUrl: parts.deadLetters.url, secret: 'crm', mapping: 'm1' }],
      ]),
      WEBHOOK_SECRET: 'crm',
      QUEUE_URL: parts.queue.url,
      DEAD_LETTERS_URL: parts.deadLetters.url,
      WEBHOOKS_TABLE: webhooks.name,
    }
    secret = JSON.stringify({ current: KEY })
  })
  afterAll(() => {
    secret = '{"current":"new-key","previous":"old-key"}'
  })

  test('are sent by the sender to public addresses only; it prints how often that failed, and neither secret nor URL', async () => {
    const event = { id: 'event-1', type: 'delivery-ledger.status.recorded', subject: 's', data: { status: 'sent' } }
    const url = own.QUEUE_URL
    await queue.client.send(new SendMessageCommand({ QueueUrl: url, MessageBody: JSON.stringify(event) }))
    const { Messages = [] } = await queue.client.send(new ReceiveMessageCommand({ QueueUrl: url }))
    const [{ ReceiptHandle = '', Body = '' } = {}] = Messages
    const [record] = eventOf([Body], 1, Date.now()).Records
    const { answers, lines, printed } = await invoke(
      'sender',
      [{ Records: [{ ...record, receiptHandle: ReceiptHandle }] }],
      own,
    )
    expect(answers).toEqual([{ batchItemFailures: [{ itemIdentifier: 'message-0' }] }])
    expect(metricsOf(lines[0])).toMatchObject({
      dimensions: [['endpoint=crm', 'service=ledger-test']],
      values: { failed: 1 },
    })
    expect(lines[1]).toMatchObject({ level: 'WARN', endpoint: 'crm', answers: { 'refused address': 1 } })
    expect(lines).toHaveLength(2)
    expect(await readState(webhooks, 'crm')).toMatchObject({ failures: 1, lastAnswer: 'refused address' })
    expect(printed).not.toMatch(new RegExp(`${KEY}|in-the-url`))
  })

  test('are held back by the keeper while their endpoint is paused, which it counts', async () => {
    const calls: string[] = []
    const lambda = createServer((request, response) => {
      calls.push(`${request.method} ${request.url}`)
      response.end('{"State":"Enabled"}')
    }).listen(0, '127.0.0.1')
    await once(lambda, 'listening')
    const endpoint = `http://127.0.0.1:${(lambda.address() as { port: number }).port}`
    await pauseEndpoint(webhooks, 'crm', 'operator', Date.now())
    const { answers, lines } = await invoke('keeper', [{}], { ...own, AWS_ENDPOINT_URL_LAMBDA: endpoint })
    lambda.close()
    expect(answers).toEqual([null])
    const path = '/2015-03-31/event-source-mappings/m1'
    expect(calls).toEqual([`GET ${path}`, `PUT ${path}`])
    expect(lines.map(metricsOf)).toMatchObject([{ values: { paused: 1 } }])
  })
})

test.each([
  ['sender', 'ENDPOINT'],
  ['keeper', 'ENDPOINTS'],
  ['receiver', 'PROVIDER'],
  ['receiver', 'QUEUE_URL'],
  ['worker', 'LEDGER_TABLE'],
  ['query', 'QUARANTINE_TABLE'],
  ['query', 'DELIVERIES_TABLE'],
] as const)('the %s does not start without %s', async (entry, name) => {
  const child = spawn(process.execPath, [`functions/${entry}/handler.ts`], {
    env: { PATH: process.env.PATH, ...environment, [name]: '' },
  })
  expect(await text(child.stderr)).toContain(`environment: expected ${name}`)
})
