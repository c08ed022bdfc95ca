import { randomUUID } from 'node:crypto'
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createConsole } from '../../functions/console/console.ts'
import type { Desk } from '../../functions/console/desk.ts'
import type { Right } from '../../functions/console/view.ts'
import { recordedEvent } from '../../functions/domain/event.ts'
import { recordKey } from '../../functions/domain/key.ts'
import type { StatusRecord } from '../../functions/domain/status.ts'
import { pauseEndpoint, recordAttempts, recordTold } from '../../functions/platform/endpoints.ts'
import { insertRows, rowOf } from '../../functions/platform/ledger.ts'
import { LOCAL_AWS } from '../../local/credentials.ts'
import type { Emulator } from '../../local/emulator.ts'
import { createQueue } from '../../local/resources.ts'
import { startSqs } from '../../local/sqs.ts'
import { statusRecord } from '../domain/records.ts'
import { useDynamoDb } from '../emulators.ts'

const dynamoDb = useDynamoDb()
let emulator: Emulator
let desk: Desk

beforeAll(async () => {
  emulator = await startSqs()
  const queues = new SQSClient({ ...LOCAL_AWS, endpoint: emulator.endpoint })
  const [ledger, deliveries, quarantine, table] = await Promise.all([
    dynamoDb.newTable(),
    dynamoDb.newDeliveries(),
    dynamoDb.newTable(),
    dynamoDb.newTable(),
  ])
  const endpointOf = async (name: string) => ({
    name,
    ...(await createQueue(queues, `${name}-${randomUUID()}`, { visibilityTimeout: 60, maxReceiveCount: 10 })),
  })
  desk = {
    ...{ providers: ['octopush'], ledger, deliveries, quarantine, queue: { client: queues, url: '' } },
    observations: { counts: async () => [], unmapped: async () => [] },
    webhooks: { table, endpoints: [await endpointOf('crm'), await endpointOf('lake'), await endpointOf('new')] },
    firstStep: '',
    telemetry: {
      unexpected(error) {
        throw error
      },
    },
    audit() {},
  }
})
afterAll(() => emulator?.stop())

const ask = async (event: object, { right = 'view' as Right, more = {} as Partial<Desk> } = {}) =>
  String(await createConsole({ ...desk, ...more }, right)({ ...event, widgetContext: { width: 700 } }))

/** The rows of the table, as a person reads them. */
const rowsIn = (answer: string) =>
  [...answer.matchAll(/<tr><td.*?<\/tr>/g)].map(([row]) =>
    row
      .replace(/<\/td>/g, ' | ')
      .replace(/<[^>]+>/g, '')
      .replace(/&#39;/g, '’'),
  )

const MINUTE = 60_000

/** Keeps a record of a message in the ledger, and gives its event. */
async function keep(messageId: string, more: Partial<StatusRecord> = {}) {
  const record = statusRecord('delivered', 60, { messageId, recipient: '+33600112233', ...more })
  const key = recordKey(record, null)
  await insertRows(desk.ledger, [rowOf(desk.ledger, key, record)])
  const hashKey = await desk.deliveries.hashKey()
  return recordedEvent({ stage: 'test', hashKey, recipients: 'masked' }, key, record)
}

describe('told', () => {
  test('shows how each endpoint is: flowing or paused since when and why, what waits, dead letters, the last answer', async () => {
    const { table, endpoints } = desk.webhooks as NonNullable<Desk['webhooks']>
    const now = Date.now()
    const failed = { delivered: 0, failed: 12, lastAnswer: 'timeout' }
    await recordAttempts(table, 'crm', { delivered: 2, failed: 0, lastAnswer: '204' }, now - 2 * MINUTE)
    await recordAttempts(table, 'lake', failed, now - 3 * MINUTE)
    await pauseEndpoint(table, 'lake', 'failures', now - 3 * MINUTE)
    for (const name of ['queue', 'queue', 'deadLetters'] as const) {
      const { client, url } = endpoints[1]?.[name] ?? { url: '', client: endpoints[0]?.queue.client as SQSClient }
      await client.send(new SendMessageCommand({ QueueUrl: url, MessageBody: 'x' }))
    }
    expect(rowsIn(await ask({ show: 'told' }))).toEqual([
      'crm | flowing | 0 | 0 | 204 · 2 min ago | ',
      'lake | paused 3 min ago · it fails on and on | 2 | 1 | timeout · 3 min ago | ',
      'new | flowing | 0 | 0 | sent nothing yet | ',
    ])
    await recordAttempts(table, 'crm', { ...failed, failed: 1 }, now)
    await pauseEndpoint(table, 'lake', 'operator', now - MINUTE)
    expect(rowsIn(await ask({ show: 'told' }))).toEqual([
      expect.stringMatching(/^crm \| flowing · 1 failure in a row \|/),
      expect.stringMatching(/^lake \| paused 1 min ago · by an operator \|/),
      expect.any(String),
    ])
  })

  test('says so where there is no endpoint', async () => {
    expect(await ask({ show: 'told' }, { more: { webhooks: undefined } })).toContain('Events are sent to no endpoint.')
  })
})

describe('a message’s life', () => {
  test('says when its events were told to whom, whether recipients are shown or not', async () => {
    const event = await keep('told_1')
    const at = Date.UTC(2026, 10, 25, 12, 0, 1)
    const { table } = desk.webhooks as NonNullable<Desk['webhooks']>
    const told = (endpoint: string, moment: number, answer: string) => ({
      ...{ event, endpoint, answer, at: new Date(moment).toISOString() },
    })
    await recordTold(table, [told('lake', at + MINUTE, '204')], Date.now())
    await recordTold(table, [told('crm', at, '200'), told('crm', at, '200')], Date.now())
    for (const right of ['view', 'reveal'] as const) {
      const life = await ask({ show: 'message', find: 'told_1' }, { right })
      const lines = [...life.matchAll(/<li>(.*?)<\/li>/g)].map(([, line = '']) => line.replace(/<[^>]+>/g, ''))
      expect(lines).toEqual([
        'told to crm at 2026-11-25 12:00:01 (200) · new record · delivered',
        'told to lake at 2026-11-25 12:01:01 (204) · new record · delivered',
      ])
    }
  })

  test('says that they were told to nobody yet; and nothing where there is no endpoint', async () => {
    await keep('told_2')
    expect(await ask({ show: 'message', find: 'told_2' })).toContain('To nobody yet.')
    const without = await ask({ show: 'message', find: 'told_2' }, { more: { webhooks: undefined } })
    expect(without).not.toContain('Told')
  })

  test('names the newest twenty of many, and escapes what an endpoint is called', async () => {
    const event = await keep('told_3')
    const { table } = desk.webhooks as NonNullable<Desk['webhooks']>
    const many = Array.from({ length: 30 }, (_, minute) => ({
      ...{ event, endpoint: '<b>crm</b>', answer: '200', at: new Date(Date.now() - minute * MINUTE).toISOString() },
    }))
    await recordTold(table, many, Date.now())
    const life = await ask({ show: 'message', find: 'told_3' })
    expect([...life.matchAll(/<li>/g)]).toHaveLength(20)
    expect(life).toContain('And 10 earlier.')
    expect(life).toContain('&lt;b&gt;crm')
  })
})
