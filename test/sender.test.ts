import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import {
  ChangeMessageVisibilityBatchCommand,
  type Message,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs'
import { Webhook } from 'standardwebhooks'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { recordedEvent } from '../functions/domain/event.ts'
import { messageText } from '../functions/domain/message-text.ts'
import { createKeeper } from '../functions/keeper/keeper.ts'
import { pauseEndpoint, readState, recordTold, resumeEndpoint, toldOf } from '../functions/platform/endpoints.ts'
import { countMessages, type Queue } from '../functions/platform/queue.ts'
import { fixedSecret } from '../functions/platform/secrets.ts'
import type { EndpointParts } from '../functions/platform/sending.ts'
import { SENDER_SOURCE } from '../functions/sender/event-source.ts'
import { createSender } from '../functions/sender/sender.ts'
import { LOCAL_AWS } from '../local/credentials.ts'
import type { Emulator } from '../local/emulator.ts'
import { startEventSource } from '../local/event-source.ts'
import { createQueue } from '../local/resources.ts'
import { startSqs } from '../local/sqs.ts'
import { startWebhook } from '../local/webhooks.ts'
import { statusRecord } from './domain/records.ts'
import { recordingTelemetry, useDynamoDb } from './emulators.ts'
import { until } from './until.ts'

const KEY = 'MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'
const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

const { newTable } = useDynamoDb()
let emulator: Emulator
let queues: SQSClient
const closing: (() => unknown)[] = []

beforeAll(async () => {
  emulator = await startSqs()
  queues = new SQSClient({ ...LOCAL_AWS, endpoint: emulator.endpoint })
})
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
})
afterAll(() => emulator?.stop())

/** An endpoint on this machine that answers as it is told, with all that a sender needs. */
async function createEndpoint(answer: (id: string) => number | object | undefined = () => 200, visibility = 180) {
  const received: { id: string; request: IncomingMessage; body: string }[] = []
  const consumer = {
    answer,
    headers: {} as Record<string, string>,
    received,
    /** Ends what is under way. */
    hangUp: () => server.closeAllConnections(),
  }
  const server = createServer(async (request, response) => {
    let body = ''
    for await (const chunk of request) body += chunk
    const id = String(request.headers['webhook-id'])
    received.push({ id, request, body })
    const status = consumer.answer(id)
    if (typeof status === 'number') response.writeHead(status, consumer.headers).end()
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  closing.push(
    () => server.closeAllConnections(),
    () => server.close(),
  )
  const clock = { now: Date.now() }
  const telemetry = recordingTelemetry()
  const { maxReceiveCount } = SENDER_SOURCE
  const parts: EndpointParts = {
    endpoint: { name: 'crm', url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/?token=in-the-url` },
    secrets: fixedSecret({ current: KEY }),
    ...(await createQueue(queues, `webhook-${randomUUID()}`, { visibilityTimeout: visibility, maxReceiveCount })),
    webhooks: await newTable(),
    telemetry,
    allowPrivate: true,
    timeout: 400,
    now: () => clock.now,
    random: () => 0.5,
  }
  const state = () => readState(parts.webhooks, 'crm')
  return { consumer, parts, clock, telemetry, state, sender: createSender(parts) }
}

/** Events of one delivery each. */
const eventsOf = (count: number) =>
  Array.from({ length: count }, (_, index) => {
    const context = { stage: 'test', hashKey: 'key', recipients: 'masked' as const }
    const record = statusRecord('delivered', index, { messageId: `sms_${index}` })
    return recordedEvent(context, { pk: `octopush#sms_${index}`, sk: `record#${randomUUID()}` }, record)
  })

/** Puts texts into a queue, and receives them as Lambda does. */
async function receive({ queue }: EndpointParts, texts: readonly string[] = [], changes: object = {}) {
  for (const MessageBody of texts) await queues.send(new SendMessageCommand({ QueueUrl: queue.url, MessageBody }))
  const records: Parameters<ReturnType<typeof createSender>>[0]['Records'] = []
  while (records.length < texts.length) {
    const { Messages = [] } = await queues.send(
      new ReceiveMessageCommand({
        QueueUrl: queue.url,
        MaxNumberOfMessages: 10,
        MessageSystemAttributeNames: ['All'],
      }),
    )
    records.push(
      ...Messages.map(
        ({ MessageId, ReceiptHandle, Body, Attributes }) =>
          ({
            messageId: MessageId,
            receiptHandle: ReceiptHandle,
            body: Body,
            attributes: { ...Attributes, ...changes },
          }) as (typeof records)[number],
      ),
    )
  }
  return { Records: records }
}

const textsOf = (count: number) => eventsOf(count).map(messageText)

/** Calls that hide messages, with the seconds. */
function watchHiding({ queue }: EndpointParts): number[] {
  const hidden: number[] = []
  const send = queue.client.send.bind(queue.client)
  queue.client = Object.assign(Object.create(queue.client), {
    send(command: { input: { Entries?: { VisibilityTimeout?: number }[] } }) {
      for (const { VisibilityTimeout } of command.input.Entries ?? [])
        if (VisibilityTimeout !== undefined) hidden.push(VisibilityTimeout)
      return send(command as never)
    },
  }) as SQSClient
  return hidden
}

describe('a sender', () => {
  test('sends each event of a batch, signed, and keeps when it was told', async () => {
    const { consumer, parts, clock, sender, state, telemetry } = await createEndpoint()
    const events = eventsOf(3)
    const { batchItemFailures } = await sender(await receive(parts, events.map(messageText)))
    expect(batchItemFailures).toEqual([])
    expect(consumer.received.map(({ id }) => id).toSorted()).toEqual(events.map(({ id }) => id).toSorted())
    for (const { body, request } of consumer.received)
      expect(new Webhook(`whsec_${KEY}`).verify(body, request.headers as Record<string, string>)).toEqual(
        events.find(({ id }) => body.includes(id)),
      )
    const at = new Date(clock.now).toISOString()
    const [event] = events
    expect(await toldOf(parts.webhooks, event?.subject ?? '')).toEqual([
      { at, endpoint: 'crm', id: event?.id, type: event?.type, status: 'delivered', answer: '200' },
    ])
    expect(await state()).toMatchObject({
      state: 'flowing',
      failures: 0,
      lastAnswer: '200',
      lastAt: at,
      lastSuccessAt: at,
    })
    expect(telemetry.sent).toMatchObject([{ endpoint: 'crm', failures: [], deadLettered: 0 }])
  })

  test('gives back what fails alone, hidden by the schedule and by how often it was received', async () => {
    const events = eventsOf(4)
    const bad = events[1]?.id
    const { parts, sender, state, telemetry } = await createEndpoint((id) => (id === bad ? 500 : 200))
    const hidden = watchHiding(parts)
    const batch = await receive(parts, events.map(messageText), { ApproximateReceiveCount: '3' })
    const { batchItemFailures } = await sender(batch)
    const failed = batch.Records.find(({ body }) => body.includes(`"id":"${bad}"`))
    expect(batchItemFailures).toEqual([{ itemIdentifier: failed?.messageId }])
    expect(hidden).toEqual([30 * 60])
    expect(await state()).toMatchObject({ state: 'flowing', failures: 0 })
    expect(telemetry.sent[0]).toMatchObject({ failures: ['500'], deadLettered: 0 })
  })

  test.each([
    ['seconds', () => '120', 120],
    ['a date', (now: number) => new Date(now + 120_000).toUTCString(), 120],
    ['more than SQS can hide it', () => '90000', 12 * 3_600 - 60],
  ])('waits as long as Retry-After asks for in %s', async (_, header, seconds) => {
    const { consumer, parts, clock, sender } = await createEndpoint(() => 429)
    clock.now = Math.floor(clock.now / 1_000) * 1_000
    consumer.headers = { 'retry-after': header(clock.now) }
    const hidden = watchHiding(parts)
    await sender(await receive(parts, textsOf(1)))
    expect(hidden[0]).toBeGreaterThanOrEqual(seconds)
    expect(hidden[0]).toBeLessThanOrEqual(seconds * 1.1 + 1)
  })

  test('begins the schedule again with what waited while the endpoint was paused, where it was looked at each hour', async () => {
    const { parts, clock, sender } = await createEndpoint(() => 500)
    const hidden = watchHiding(parts)
    const batch = await receive(parts, textsOf(1), { ApproximateReceiveCount: '25' })
    clock.now += DAY
    await pauseEndpoint(parts.webhooks, 'crm', 'failures', clock.now - 23 * HOUR)
    await resumeEndpoint(parts.webhooks, 'crm', 'probe', clock.now)
    await sender(batch)
    expect(hidden).toEqual([5])
  })

  test('waits for none longer than for its own time, and sends the others of the batch meanwhile', async () => {
    const events = eventsOf(10)
    const slow = events[0]?.id
    const { consumer, parts, sender } = await createEndpoint((id) => (id === slow ? undefined : 200))
    const start = Date.now()
    const { batchItemFailures } = await sender(await receive(parts, events.map(messageText)))
    expect(Date.now() - start).toBeLessThan(2_000)
    expect(batchItemFailures).toHaveLength(1)
    expect(consumer.received).toHaveLength(10)
  })

  test('moves an event whose next attempt would come after 14 days to the dead-letter queue, as a new message', async () => {
    const { parts, clock, sender, telemetry } = await createEndpoint(() => 500)
    const [text = ''] = textsOf(1)
    const batch = await receive(parts, [text], { ApproximateReceiveCount: '30' })
    clock.now += 13.6 * DAY
    expect(await sender(batch)).toEqual({ batchItemFailures: [] })
    const { Messages = [] } = await queues.send(
      new ReceiveMessageCommand({ QueueUrl: parts.deadLetters.url, MessageSystemAttributeNames: ['SentTimestamp'] }),
    )
    expect(Messages).toMatchObject([{ Body: text, Attributes: { SentTimestamp: expect.any(String) } }])
    expect(telemetry.sent[0]).toMatchObject({ deadLettered: 1 })
  })

  test('keeps trying an event that has a day left', async () => {
    const { parts, clock, sender } = await createEndpoint(() => 500)
    const batch = await receive(parts, textsOf(1), { ApproximateReceiveCount: '30' })
    clock.now += 13 * DAY
    expect((await sender(batch)).batchItemFailures).toHaveLength(1)
    expect(await countMessages(parts.deadLetters)).toBe(0)
  })

  test('moves what is no event to the dead-letter queue at once', async () => {
    const { consumer, parts, sender, state } = await createEndpoint()
    expect(await sender(await receive(parts, ['hello', '{"id":"a"}', 'null']))).toEqual({ batchItemFailures: [] })
    expect(await countMessages(parts.deadLetters)).toBe(3)
    expect(consumer.received).toEqual([])
    expect(await state()).toMatchObject({ lastAt: null })
  })

  test('gives back what neither the endpoint nor the dead-letter queue takes', async () => {
    const { parts, clock, sender } = await createEndpoint(() => 500)
    parts.deadLetters.url = `${parts.deadLetters.url}-of-nobody`
    const batch = await receive(parts, textsOf(1))
    clock.now += 13.99 * DAY
    expect((await sender(batch)).batchItemFailures).toHaveLength(1)
  })

  test('gives back all without sending where its secret cannot be read', async () => {
    const { consumer, parts, state } = await createEndpoint()
    const secrets = { current: () => Promise.reject(new Error('no secret')) }
    await expect(createSender({ ...parts, secrets })(await receive(parts, textsOf(2)))).rejects.toThrow('no secret')
    expect(consumer.received).toEqual([])
    expect(await state()).toMatchObject({ failures: 0 })
  })

  test('sends no event again because it could not be written down', async () => {
    const { consumer, parts } = await createEndpoint()
    const batch = await receive(parts, textsOf(1))
    const webhooks = { ...parts.webhooks }
    const sender = createSender({ ...parts, webhooks })
    consumer.answer = () => {
      webhooks.name = 'of-nobody'
      return 200
    }
    expect(await sender(batch)).toEqual({ batchItemFailures: [] })
  })

  test('writes neither its secret nor the token of its URL into what it keeps and logs', async () => {
    const { parts, sender, state, telemetry } = await createEndpoint(() => 500)
    const lines: string[] = []
    const written = vi.spyOn(process.stdout, 'write').mockImplementation((line) => lines.push(String(line)) > 0)
    try {
      const { cloudWatchTelemetry } = await import('../functions/platform/telemetry.ts')
      const logging = createSender({ ...parts, telemetry: cloudWatchTelemetry() })
      await sender(await receive(parts, textsOf(1)))
      await logging(await receive(parts, textsOf(1)))
      const broken = { ...parts, endpoint: { name: 'crm', url: 'http://nobody.invalid/?token=in-the-url' } }
      await createSender({ ...broken, telemetry: cloudWatchTelemetry() })(await receive(parts, textsOf(1)))
    } finally {
      written.mockRestore()
    }
    const all = JSON.stringify([lines, telemetry.sent, telemetry.refusals, await state()])
    expect(lines.join('')).toContain('events were not taken')
    expect(all).not.toContain(KEY)
    expect(all).not.toContain('in-the-url')
  })
})

test('of what was told about a delivery the newest 200 are read', async () => {
  const webhooks = await newTable()
  const [event] = eventsOf(1)
  if (event === undefined) throw new Error('no event')
  const at = (index: number) => new Date(Date.UTC(2026, 0, 1) + index).toISOString()
  const told = Array.from({ length: 205 }, (_, index) => ({ event, at: at(index), endpoint: 'crm', answer: '200' }))
  await recordTold(webhooks, told, Date.now())
  const read = await toldOf(webhooks, event.subject)
  expect([read.length, read[0]?.at, read.at(-1)?.at]).toEqual([200, at(5), at(204)])
})

describe('an endpoint', () => {
  test('that fails ten times in five minutes is paused, and sent nothing', async () => {
    const { consumer, parts, clock, sender, state } = await createEndpoint(() => 500)
    await sender(await receive(parts, textsOf(9)))
    expect(await state()).toMatchObject({ state: 'flowing', failures: 9 })
    clock.now += 5 * MINUTE - 1
    await sender(await receive(parts, textsOf(5)))
    expect(await state()).toMatchObject({ state: 'flowing', failures: 14 })
    clock.now += 1
    await sender(await receive(parts, textsOf(1)))
    const since = new Date(clock.now).toISOString()
    expect(await state()).toMatchObject({ state: 'paused', reason: 'failures', since, failures: 15, lastAnswer: '500' })
    const tried = consumer.received.length
    const batch = await receive(parts, textsOf(2))
    expect((await sender(batch)).batchItemFailures).toHaveLength(2)
    expect(consumer.received).toHaveLength(tried)
  })

  test('that takes one event between is not paused', async () => {
    const { consumer, parts, clock, sender, state } = await createEndpoint(() => 500)
    await sender(await receive(parts, textsOf(9)))
    consumer.answer = () => 200
    await sender(await receive(parts, textsOf(1)))
    consumer.answer = () => 500
    clock.now += 10 * MINUTE
    await sender(await receive(parts, textsOf(9)))
    expect(await state()).toMatchObject({ state: 'flowing', failures: 9 })
  })

  test('that answers 410 is paused at once', async () => {
    const { parts, sender, state } = await createEndpoint(() => 410)
    expect((await sender(await receive(parts, textsOf(1)))).batchItemFailures).toHaveLength(1)
    expect(await state()).toMatchObject({ state: 'paused', reason: 'gone', lastAnswer: '410' })
  })

  test('that an operator has paused stays paused by the operator', async () => {
    const { parts, clock, state } = await createEndpoint()
    await pauseEndpoint(parts.webhooks, 'crm', 'failures', clock.now)
    await pauseEndpoint(parts.webhooks, 'crm', 'operator', clock.now + 1)
    await pauseEndpoint(parts.webhooks, 'crm', 'gone', clock.now + 2)
    await resumeEndpoint(parts.webhooks, 'crm', 'probe', clock.now + 3)
    const since = new Date(clock.now + 1).toISOString()
    expect(await state()).toMatchObject({ state: 'paused', reason: 'operator', since })
    await resumeEndpoint(parts.webhooks, 'crm', 'operator', clock.now + 4)
    expect(await state()).toMatchObject({ state: 'flowing', reason: null, failures: 0 })
  })
})

/** A keeper of one endpoint, and what it did to its mapping. */
function createTestKeeper({
  parts,
  telemetry,
}: Pick<Awaited<ReturnType<typeof createEndpoint>>, 'parts' | 'telemetry'>) {
  const calls: string[] = []
  const mappings = {
    pause: async (name: string) => calls.push(`pause ${name}`),
    resume: async (name: string) => calls.push(`resume ${name}`),
  }
  return { keeper: createKeeper({ endpoints: [parts], mappings, telemetry }), calls }
}

/** Not a full hour, when old messages are looked for. */
const QUARTER_PAST = Date.UTC(2026, 10, 25, 12, 15)

describe('a keeper', () => {
  async function createPaused(reason: 'failures' | 'gone' | 'operator') {
    const endpoint = await createEndpoint()
    endpoint.clock.now = QUARTER_PAST
    const { parts, clock } = endpoint
    for (const MessageBody of textsOf(2))
      await queues.send(new SendMessageCommand({ QueueUrl: parts.queue.url, MessageBody }))
    await pauseEndpoint(parts.webhooks, 'crm', reason, clock.now)
    return { ...endpoint, ...createTestKeeper(endpoint) }
  }

  test('lets the messages of an endpoint flow that is not paused', async () => {
    const endpoint = await createEndpoint()
    const { keeper, calls } = createTestKeeper(endpoint)
    await keeper()
    expect(calls).toEqual(['resume crm'])
    expect(endpoint.telemetry.paused).toEqual({ crm: false })
  })

  test.each(['failures', 'gone'] as const)(
    'tries one that is paused (%s) with one message every three minutes, until it takes it',
    async (reason) => {
      const { consumer, parts, clock, keeper, calls, state, telemetry } = await createPaused(reason)
      consumer.answer = () => 503
      clock.now += 3 * MINUTE - 1
      await keeper()
      expect(consumer.received).toHaveLength(0)
      clock.now += 1
      await keeper()
      expect(consumer.received).toHaveLength(1)
      expect(await state()).toMatchObject({ state: 'paused', reason, probedAt: new Date(clock.now).toISOString() })
      clock.now += 2 * MINUTE
      await keeper()
      expect(consumer.received).toHaveLength(1)
      expect(telemetry.paused).toEqual({ crm: true })
      expect(new Set(calls)).toEqual(new Set(['pause crm']))

      consumer.answer = () => 200
      clock.now += MINUTE
      await keeper()
      expect(consumer.received).toHaveLength(2)
      expect(calls.at(-1)).toBe('resume crm')
      expect(await state()).toMatchObject({ state: 'flowing', reason: null, failures: 0, probedAt: null })
      // The one that was tried in vain waits for its next attempt.
      expect(await countMessages(parts.queue)).toBe(1)
      await keeper()
      expect(telemetry.paused).toEqual({ crm: false })
    },
  )

  test('tries a message that waits alone again and again, for as long as SQS does not take it for poison', async () => {
    const { consumer, parts, clock, keeper } = await createPaused('failures')
    consumer.answer = () => 503
    const asked: (number | undefined)[] = []
    const { client } = parts.queue
    const send = async (command: { input: { Entries?: { VisibilityTimeout?: number }[] } }) => {
      if (command instanceof ChangeMessageVisibilityBatchCommand)
        asked.push(command.input.Entries?.[0]?.VisibilityTimeout)
      const answer = await client.send(command as never)
      const { Messages = [] } = answer as unknown as { Messages?: Message[] }
      for (const { Attributes } of Messages)
        Object.assign(Attributes ?? {}, { ApproximateReceiveCount: String(attempts) })
      return answer
    }
    parts.queue.client = Object.assign(Object.create(client), { send }) as SQSClient
    let attempts = 20
    clock.now += 3 * MINUTE
    await keeper()
    expect(asked.at(-1)).toBe(60)
    attempts = 500
    clock.now += 3 * MINUTE
    await keeper()
    expect(consumer.received).toHaveLength(2)
    expect(asked.at(-1)).toBeGreaterThan(HOUR / 1_000)
  })

  test('never tries one that an operator has paused', async () => {
    const { consumer, clock, keeper, calls, state } = await createPaused('operator')
    for (let day = 0; day < 3; day++) {
      clock.now += DAY
      await keeper()
    }
    expect(consumer.received).toEqual([])
    expect(new Set(calls)).toEqual(new Set(['pause crm']))
    expect(await state()).toMatchObject({ state: 'paused', reason: 'operator' })
  })

  test.each([
    ['13 days', 13 * DAY + HOUR, 0, 2],
    ['less than 13 days', 13 * DAY - 2 * HOUR, 2, 0],
  ])(
    'has of a paused endpoint, at a full hour, what waits for %s moved where it belongs',
    async (_, age, waiting, moved) => {
      const { consumer, parts, clock, keeper } = await createPaused('operator')
      clock.now = Math.floor(Date.now() / HOUR) * HOUR + age
      await keeper()
      expect(await countMessages(parts.queue)).toBe(waiting)
      expect(await countMessages(parts.deadLetters)).toBe(moved)
      expect(consumer.received).toEqual([])
    },
  )

  test.each([
    ['ends in the next minute', undefined],
    ['fails for want of a secret', 'no secret'],
  ])('moves what is too old at a full hour also where the probe %s', async (_, error) => {
    const { consumer, parts, clock, keeper, telemetry } = await createPaused('failures')
    consumer.answer = () => {
      clock.now += 15_000
      return 503
    }
    clock.now = Math.floor(Date.now() / HOUR) * HOUR + 13 * DAY + HOUR + 50_000
    if (error !== undefined) parts.secrets = { current: () => Promise.reject(new Error(error)) }
    const mappings = { async pause() {}, async resume() {} }
    const broken = createKeeper({ endpoints: [parts], mappings, telemetry })
    if (error === undefined) await keeper()
    else await expect(broken()).rejects.toThrow(error)
    // The other one is hidden, for the probe.
    expect(await countMessages(parts.deadLetters)).toBe(1)
  })

  test('keeps the other endpoints where one cannot be kept, and says so', async () => {
    const [one, other] = [await createEndpoint(), await createEndpoint()]
    const calls: string[] = []
    const mappings = {
      async pause() {},
      async resume(name: string) {
        if (name === 'broken') throw new Error('no mapping')
        calls.push(name)
      },
    }
    const broken = { ...one.parts, endpoint: { ...one.parts.endpoint, name: 'broken' } }
    const keeper = createKeeper({ endpoints: [broken, other.parts], mappings, telemetry: one.telemetry })
    await expect(keeper()).rejects.toThrow('no mapping')
    expect(calls).toEqual(['crm'])
  })
})

describe('an outage', () => {
  /** The same queue, in which what is hidden is visible again after a second. */
  function hurried({ client, url }: Queue): Queue {
    const send = (command: { input: { Entries?: { VisibilityTimeout?: number }[] } }) => {
      for (const entry of command.input.Entries ?? [])
        if (entry.VisibilityTimeout !== undefined) entry.VisibilityTimeout = 1
      return client.send(command as never)
    }
    return { url, client: Object.assign(Object.create(client), { send }) as SQSClient }
  }

  test('of a day pauses an endpoint; when it is back, all arrives, and nothing is tried meanwhile but a probe', async () => {
    // What was received just before the pause comes again after two seconds.
    const { consumer, parts, clock, state, telemetry } = await createEndpoint(() => 500, 2)
    // Not a full hour, when the keeper looks at all messages.
    clock.now += 15 * MINUTE - (clock.now % HOUR)
    const { drain } = startWebhook({ ...parts, queue: hurried(parts.queue), telemetry })
    closing.push(drain)
    const events = eventsOf(25)
    const put = (some: typeof events) =>
      Promise.all(
        some.map((event) =>
          queues.send(new SendMessageCommand({ QueueUrl: parts.queue.url, MessageBody: messageText(event) })),
        ),
      )
    await put(events.slice(0, 20))
    await until(async () => (await state()).failures >= 20)
    clock.now += 5 * MINUTE
    await until(async () => (await state()).state === 'paused')

    await until(() => telemetry.paused.crm)
    await sleep(1_500)
    const tried = consumer.received.length
    await put(events.slice(20))
    await sleep(1_500)
    expect(consumer.received.length).toBe(tried)

    clock.now += DAY
    await until(async () => (await state()).probedAt !== null)
    expect(consumer.received.length).toBe(tried + 1)
    expect(await state()).toMatchObject({ state: 'paused', reason: 'failures' })
    consumer.answer = () => 200
    clock.now += 3 * MINUTE
    const delivered = () => new Set(telemetry.sent.flatMap(({ told }) => told.map(({ id }) => id)))
    await until(() => delivered().size === events.length)
    expect(delivered()).toEqual(new Set(events.map(({ id }) => id)))
    expect(await state()).toMatchObject({ state: 'flowing', failures: 0 })
    await until(async () => (await countMessages(parts.queue)) === 0)
    expect(await countMessages(parts.deadLetters)).toBe(0)
  })
})

describe('endpoints side by side', () => {
  test('do not wait for one that hangs', async () => {
    const [hanging, quick] = [await createEndpoint(() => undefined), await createEndpoint()]
    hanging.parts.timeout = 15_000
    const sources = [hanging, quick].map(({ parts }) =>
      startEventSource(parts.queue, createSender(parts), SENDER_SOURCE),
    )
    closing.push(async () => {
      hanging.consumer.hangUp()
      await Promise.all(sources.map((source) => source.stop()))
    })
    for (const MessageBody of textsOf(20))
      for (const { parts } of [hanging, quick])
        await queues.send(new SendMessageCommand({ QueueUrl: parts.queue.url, MessageBody }))
    await until(async () => quick.consumer.received.length === 20 && (await countMessages(quick.parts.queue)) === 0)
    expect(hanging.consumer.received.length).toBeGreaterThan(0)
    // Not one of its attempts is over.
    expect(hanging.telemetry.sent).toEqual([])
    expect(await countMessages(hanging.parts.queue)).toBe(20)
  })
})
