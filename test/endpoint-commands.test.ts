import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { SendMessageCommand } from '@aws-sdk/client-sqs'
import { Webhook } from 'standardwebhooks'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Secret } from '../functions/domain/request.ts'
import { serve } from '../laboratory/server.ts'
import { LOCAL_KEY } from '../local/credentials.ts'
import { readFixtures } from '../local/fixtures.ts'
import { endpointOf, rotateSecret } from '../operator/endpoints.ts'
import { openLocal } from '../operator/target.ts'
import { runLedger } from './command-line.ts'
import { useStack } from './emulators.ts'
import { until } from './until.ts'

const secret = `whsec_${randomBytes(30).toString('base64')}`
const consumer = { status: 200, ids: [] as string[], types: [] as string[] }
let server: Awaited<ReturnType<typeof serve>>

beforeAll(async () => {
  server = await serve(async (request, response) => {
    let body = ''
    for await (const chunk of request) body += chunk
    const event = new Webhook(secret).verify(body, request.headers as Record<string, string>) as { type: string }
    consumer.ids.push(String(request.headers['webhook-id']))
    consumer.types.push(event.type)
    response.writeHead(consumer.status).end()
  })
})
const { stack, telemetry } = useStack({
  get webhook() {
    return { url: server.endpoint, secret }
  },
})
beforeAll(() => {
  process.env.WEBHOOK_SECRET = secret
})
afterAll(() => {
  delete process.env.WEBHOOK_SECRET
  server?.stop()
})
beforeEach(() => {
  Object.assign(consumer, { status: 200, ids: [], types: [] })
})

const ledger = (...args: string[]) => runLedger('--url', stack().url, ...args)

const listed = async () => (await ledger('--json', 'endpoints')).json()[0]

let messages = 0
async function sendCallback(): Promise<void> {
  const body = String(readFixtures('octopush').find(({ name }) => name === 'document-sms')?.body)
  const response = await fetch(`${stack().url}/webhooks/octopush`, {
    method: 'POST',
    headers: { 'x-api-key': LOCAL_KEY },
    body: JSON.stringify({ ...JSON.parse(body), message_id: `sms_${messages++}` }),
  })
  expect(response.status).toBe(200)
}

describe('ledger endpoints', () => {
  test('lists each with its state, what waits, and how it answered last', async () => {
    await sendCallback()
    await until(async () => (await listed()).lastAnswer === '200' && (await listed()).waiting === 0)
    expect(await listed()).toMatchObject({
      name: 'local',
      url: server.endpoint,
      filter: {},
      recipients: 'plain',
      state: 'flowing',
      reason: null,
      waiting: 0,
      deadLetters: 0,
      lastSuccessAt: expect.stringMatching(/^20.*Z$/),
    })
    const { lines, code } = await ledger('endpoints', 'list')
    expect(code).toBe(0)
    expect(lines[0]).toMatch(/^endpoint +state +waiting +dead letters +last answer +url$/)
    expect(lines[1]).toMatch(/^local +flowing.* 200 at 20/)
  })

  test('an endpoint that is not there is named, with those that are', async () => {
    const { said, code } = await ledger('endpoints', 'pause', 'crm')
    expect([code, said]).toEqual([1, ['endpoint: expected one of local, not crm']])
  })
})

describe('ledger endpoints pause and resume', () => {
  test('what is paused gets nothing, and gets it all when it is resumed', async () => {
    expect((await ledger('--json', 'endpoints', 'pause', 'local', '--dry-run')).json()).toEqual([
      { endpoint: 'local', paused: false },
    ])
    expect((await listed()).state).toBe('flowing')
    expect((await ledger('--json', 'endpoints', 'pause', 'local')).json()).toEqual([
      { endpoint: 'local', paused: true },
    ])
    expect(await listed()).toMatchObject({ state: 'paused', reason: 'operator' })
    await until(() => telemetry.paused.local === true)
    // A receive that has begun may still take a message, which is then hidden for three minutes.
    await sleep(2_000)
    await sendCallback()
    await until(async () => (await listed()).waiting >= 2)
    expect(consumer.ids).toEqual([])

    expect((await ledger('--json', 'endpoints', 'resume', 'local', '--dry-run')).json()).toEqual([
      { endpoint: 'local', resumed: false },
    ])
    expect((await listed()).state).toBe('paused')
    const { lines } = await ledger('endpoints', 'resume', 'local')
    expect(lines).toEqual(['local is sent events again within a minute'])
    await until(() => consumer.ids.length >= 2)
    await until(async () => (await listed()).waiting === 0)
    expect(await listed()).toMatchObject({ state: 'flowing', reason: null })
  })
})

describe('ledger endpoints test', () => {
  test('sends one signed event, and prints the answer', async () => {
    const { code, json } = await ledger('--json', 'endpoints', 'test', 'local')
    expect(code).toBe(0)
    expect(json()).toMatchObject([{ endpoint: 'local', answer: '200', taken: true, id: consumer.ids[0] }])
    expect(consumer.types).toEqual(['delivery-ledger.endpoint.tested'])
  })

  test('fails where the endpoint does not take it', async () => {
    consumer.status = 500
    const { code, lines } = await ledger('endpoints', 'test', 'local')
    expect([code, lines]).toEqual([1, ['local answered 500: expected 2xx within 15 seconds']])
  })

  test('prints the event and sends nothing in a dry run', async () => {
    const { lines } = await ledger('endpoints', 'test', 'local', '--dry-run')
    expect(lines[0]).toBe(`POST ${server.endpoint}`)
    expect(JSON.parse(lines.slice(1).join(''))).toMatchObject({ type: 'delivery-ledger.endpoint.tested' })
    expect(consumer.ids).toEqual([])
  })

  test('needs the secret, and says where it is expected', async () => {
    delete process.env.WEBHOOK_SECRET
    try {
      const { code, said } = await ledger('endpoints', 'test', 'local')
      expect([code, said]).toEqual([1, ['WEBHOOK_SECRET: expected here too, as the local stack has it']])
    } finally {
      process.env.WEBHOOK_SECRET = secret
    }
  })
})

describe('ledger endpoints redrive', () => {
  const event = (id: string) =>
    JSON.stringify({
      id,
      type: 'delivery-ledger.status.recorded',
      subject: 's',
      recordedtime: '2026-01-01T00:00:00.000Z',
      data: {},
    })

  test('sends the events of the dead-letter queue again', async () => {
    const { endpoints } = await openLocal(stack().url)
    const [endpoint] = endpoints
    if (endpoint === undefined) throw new Error('expected an endpoint')
    const { client, url } = endpoint.deadLetters
    for (const id of ['a', 'b']) await client.send(new SendMessageCommand({ QueueUrl: url, MessageBody: event(id) }))
    expect((await listed()).deadLetters).toBe(2)
    expect((await ledger('endpoints', 'redrive', 'local', '--dry-run')).lines.at(-1)).toBe('2 would be redriven')
    expect((await listed()).deadLetters).toBe(2)
    await until(async () => (await ledger('endpoints', 'redrive', 'local')).lines.at(-1) === '2 of 2 redriven')
    await until(() => consumer.ids.length >= 2)
    expect(consumer.ids.toSorted()).toEqual(['a', 'b'])
    expect((await listed()).deadLetters).toBe(0)
  })
})

describe('ledger endpoints secret and rotate', () => {
  test('prints the secret as a consumer stores it', async () => {
    expect((await ledger('endpoints', 'secret', 'local')).lines).toEqual([secret])
  })

  test('the secret of the local stack is not rotated', async () => {
    const { code, said } = await ledger('endpoints', 'rotate', 'local')
    expect([code, said]).toEqual([
      1,
      ['the secret of the local stack is WEBHOOK_SECRET; rotate that of a deployed one (--stack)'],
    ])
  })

  /** An endpoint whose secret is kept here, and an output that is. */
  async function rotating(kept: Secret, dryRun = false) {
    const endpoint = endpointOf(await openLocal(stack().url), 'local')
    const store = { kept }
    const printed: unknown[] = []
    const output = { dryRun, print() {}, printJson: (value: unknown) => void printed.push(value), progress() {} }
    const deployed = {
      ...endpoint,
      readSecret: async () => store.kept,
      writeSecret: async (secret: Secret) => {
        store.kept = secret
      },
    }
    return { store, printed, rotate: (finish: boolean) => rotateSecret(deployed, output, finish) }
  }

  test('a rotation adds a secret beside the current one, and its end removes the previous one', async () => {
    const { store, printed, rotate } = await rotating({ current: 'first' })
    await rotate(false)
    expect(store.kept).toEqual({ current: expect.stringMatching(/^[A-Za-z0-9+/]{40}$/), previous: 'first' })
    expect(printed).toEqual([{ endpoint: 'local', rotated: true, secret: `whsec_${store.kept.current}` }])
    await expect(rotate(false)).rejects.toThrow('a rotation of local is in progress: finish it first (--finish)')
    const { current } = store.kept
    await rotate(true)
    expect(store.kept).toEqual({ current })
    await expect(rotate(true)).rejects.toThrow('no rotation of local is in progress')
  })

  test('a dry run changes nothing', async () => {
    const { store, rotate } = await rotating({ current: 'first', previous: 'zeroth' }, true)
    await rotate(true)
    expect(store.kept).toEqual({ current: 'first', previous: 'zeroth' })
    const next = await rotating({ current: 'first' }, true)
    await next.rotate(false)
    expect(next.store.kept).toEqual({ current: 'first' })
    expect(next.printed).toEqual([{ endpoint: 'local', rotated: false }])
  })
})

test('a stack without endpoints says where they come from', async () => {
  expect(() => endpointOf({ endpoints: [] } as never, 'crm')).toThrow(
    'the stack has no endpoint: set webhooks in its configuration',
  )
})
