import { randomBytes, randomUUID } from 'node:crypto'
import { SendMessageCommand } from '@aws-sdk/client-sqs'
import { beforeAll, describe, expect, test } from 'vitest'
import { type Callback, MAX_QUEUE_MESSAGE_BYTES, serializeCallback } from '../functions/domain/callback.ts'
import { quarantineId } from '../functions/platform/quarantine.ts'
import { countMessages, enqueue } from '../functions/platform/queue.ts'
import { providers } from '../functions/providers/index.ts'
import { localSecret } from '../local/credentials.ts'
import { shuffle } from '../local/demo.ts'
import { type Fixture, readFixtures, send as sendRequest, signedRequest } from '../local/fixtures.ts'
import { useStack } from './emulators.ts'
import { until } from './until.ts'

/** A batch may take longer than a second where the machine does other things: it would come again. */
const eventSource = { batchSize: 100, batchingWindow: 0.05, visibilityTimeout: 3, maxReceiveCount: 3 }

const { stack, telemetry } = useStack({ eventSource, isFollowed: false })

const KEY = { 'x-api-key': 'local-key' }
const AVAAMO = '/custom/v1/broadcast/messages/f37f402c/status'
const sms = { ...JSON.parse(fixture('octopush', 'document-sms').body.toString()) }

function fixture(provider: string, name: string): Fixture {
  const found = readFixtures(provider).find((fixture) => fixture.name === name)
  if (found === undefined) throw new Error(`no fixture ${provider}/${name}`)
  return found
}

/** A response whose JSON may be looked into. */
// biome-ignore lint/suspicious/noExplicitAny: what the tests expect of it is what they check
type Answer = Omit<Response, 'json'> & { json(): Promise<any> }

const call = (path: string, init: RequestInit = {}): Promise<Answer> => fetch(`${stack().url}${path}`, init)
const post = (path: string, body: string | Uint8Array<ArrayBuffer>, headers: Record<string, string> = KEY) =>
  call(path, { method: 'POST', body, headers: { 'content-type': 'application/json', ...headers } })
async function send(fixture: Fixture): Promise<Response> {
  const provider = providers.find(({ id }) => id === fixture.provider) as (typeof providers)[number]
  return sendRequest(await signedRequest(provider, fixture, localSecret(provider.id), stack().url))
}

/** Waits until the worker has settled so many callbacks since the last call. */
let settled = 0
async function settle(count: number) {
  settled += count
  await until(() => telemetry.outcomes.length >= settled)
  expect(telemetry.outcomes).toHaveLength(settled)
  return telemetry.outcomes.slice(settled - count)
}

describe('what enters', () => {
  test('an authentic callback gets 200 and nothing else, and becomes a record', async () => {
    const response = await post('/webhooks/octopush', JSON.stringify({ ...sms, message_id: 'enters_1' }))
    expect(response.status).toBe(200)
    expect(await response.text()).toBe('')
    expect(await settle(1)).toMatchObject([{ result: 'recorded', stored: [{ messageId: 'enters_1' }] }])
  })

  test.each(['POST', 'PUT'])('avaamo gets {"success": true} for a %s', async (method) => {
    const response = await call(AVAAMO, { method, headers: KEY, body: '{"status":"delivered"}' })
    expect(response.status).toBe(200)
    expect(await response.json()).toEqual({ success: true })
    await settle(1)
  })

  // Of each some, by the seed: all of them are sent by `npm run demo`.
  const seed = randomUUID()
  test(`fixtures of every provider are taken with 200, by the path that the document spells (seed ${seed})`, async () => {
    const some = providers.flatMap(({ id }) => shuffle(seed, readFixtures(id)).slice(0, 8))
    const fixtures = [...some, ...some.slice(0, 40)]
    const responses = await Promise.all(fixtures.map(send))
    expect(responses.map(({ status }, index) => `${fixtures[index]?.name} ${status}`)).toEqual(
      fixtures.map(({ name }) => `${name} 200`),
    )
    const outcomes = await settle(fixtures.length)
    expect(new Set(outcomes.map(({ result }) => result))).toEqual(
      new Set(['recorded', 'duplicate', 'ignored', 'quarantined']),
    )
  })

  test.each([
    ['no JSON', 'status=DELIVERED', 'quarantined', 'body: expected JSON'],
    ['JSON that lacks what the document requires', '{"message_id":"x"}', 'quarantined', undefined],
    ['an event of another kind', '{"message_id":"x","answer_date":"2025-01-22 11:46:06"}', 'ignored', 'reply'],
    ['an empty body', '', 'ignored', 'ping'],
  ])('%s gets the same 200', async (_, body, result, reason) => {
    const response = await post('/webhooks/octopush', body)
    expect([response.status, await response.text()]).toEqual([200, ''])
    expect(await settle(1)).toMatchObject([{ result, ...(reason !== undefined && { reason }) }])
  })

  // API Gateway hands JSON and text over as text; of the others it keeps every byte.
  test('bytes that are not UTF-8 are kept byte for byte, where the content type does not call them text', async () => {
    const bytes = Uint8Array.from([0x7b, 0xff, 0xfe, 0x00, 0x7d])
    const headers = { ...KEY, 'content-type': 'application/octet-stream' }
    expect((await post('/webhooks/octopush', bytes, headers)).status).toBe(200)
    const [outcome] = await settle(1)
    expect(outcome).toMatchObject({ result: 'quarantined', callback: { encoding: 'base64' } })
    expect(Buffer.from(outcome?.callback.body ?? '', 'base64')).toEqual(Buffer.from(bytes))
  })

  test('what is kept of a request is the raw body, path, query without the key, content type, time and id', async () => {
    const before = new Date().toISOString()
    const response = await post(`${AVAAMO}?a=%20&key=local-key&%6Bey=x&b`, '{"status":"sent"}', {
      'content-type': 'application/json;charset=utf-8',
    })
    expect(response.status).toBe(200)
    const [outcome] = await settle(1)
    expect(outcome?.callback).toEqual({
      provider: 'avaamo',
      requestId: expect.stringMatching(/.{8}/),
      receivedAt: expect.any(String),
      method: 'POST',
      pathParameters: { recipient_uuid: 'f37f402c' },
      query: 'a=%20&b',
      contentType: 'application/json;charset=utf-8',
      body: '{"status":"sent"}',
      encoding: 'utf8',
    })
    expect((outcome?.callback.receivedAt ?? '') >= before).toBe(true)
  })
})

describe('what is refused', () => {
  beforeAll(() => telemetry.refusals.splice(0))

  async function expectProblem(response: Answer, status: number, title: string) {
    expect(response.status).toBe(status)
    expect(response.headers.get('content-type')).toBe('application/problem+json')
    const problem = await response.json()
    expect(problem).toEqual({
      type: 'about:blank',
      title,
      status,
      detail: expect.any(String),
      instance: expect.stringMatching(/.{8}/),
    })
    return problem
  }

  test.each([
    ['no key', '/webhooks/octopush', {}],
    ['a wrong key', '/webhooks/octopush', { 'x-api-key': 'wrong' }],
    ['a wrong key in the URL', '/webhooks/nifteem?key=wrong', {}],
    ['a wrong signature', '/webhooks/telesign', { authorization: 'TSA local-customer:d3Jvbmc=' }],
    ['a shared key where a signature is due', '/webhooks/telesign?key=local-key', KEY],
  ])('%s gets 401, and nothing about why', async (_, path, headers) => {
    const { detail } = await expectProblem(await post(path, JSON.stringify(sms), headers), 401, 'Unauthorized')
    expect(detail).toBe('The request is not authentic.')
  })

  test('a wrong method gets 405 and the right ones', async () => {
    const response = await call('/webhooks/octopush?key=local-key')
    await expectProblem(response, 405, 'Method Not Allowed')
    expect(response.headers.get('allow')).toBe('POST')
    const other = await call(AVAAMO, { method: 'DELETE', headers: KEY })
    expect([other.status, other.headers.get('allow')]).toEqual([405, 'POST, PUT'])
  })

  test('an unknown path gets API Gateway’s own 404', async () => {
    const response = await post('/webhooks/nobody', '{}')
    expect([response.status, await response.json()]).toEqual([404, { message: 'Not Found' }])
  })

  test('a body that one queue message cannot hold even compressed, or no function, gets 413; one that can, 200', async () => {
    const body = (size: number) => JSON.stringify({ ...sms, message_id: 'large', number: 'x'.repeat(size) })
    await expectProblem(await post('/webhooks/octopush', body(4_800_000)), 413, 'Content Too Large')
    await expectProblem(
      await post('/webhooks/octopush', new Uint8Array(randomBytes(800_000)), { ...KEY, 'content-type': 'x/bytes' }),
      413,
      'Content Too Large',
    )
    // Half as many characters as bytes.
    await expectProblem(await post('/webhooks/octopush', 'é'.repeat(2_400_000)), 413, 'Content Too Large')
    await expectProblem(await post('/webhooks/octopush', body(10_000_000)), 413, 'Content Too Large')
    expect((await post('/webhooks/octopush', body(1_047_000))).status).toBe(200)
    expect(await settle(1)).toMatchObject([{ result: 'quarantined', reason: expect.stringContaining('DynamoDB') }])
    for (const size of [1_048_576, 4_600_000]) {
      const padded = JSON.stringify({ ...sms, message_id: `padded_${size}` }).padEnd(size)
      expect((await post('/webhooks/octopush', padded)).status).toBe(200)
      const [outcome] = await settle(1)
      expect(outcome).toMatchObject({ result: 'recorded', callback: { body: padded } })
    }
  })

  test('each refusal is counted for its provider, and nothing of it is queued', async () => {
    expect(telemetry.refusals.map(({ provider }) => provider).sort()).toEqual(
      ['avaamo', 'nifteem', ...Array(7).fill('octopush'), 'telesign', 'telesign'].sort(),
    )
    await until(async () => (await countMessages(stack().queue)) === 0)
  })
})

describe('the query API', () => {
  const deliveries = Array.from({ length: 12 }, (_, n) => ({
    email: `${String(n % 3)}@example.com`,
    status: ['ISP_SEND', 'DELIVERED', 'OPENED', 'CLICKED'][Math.floor(n / 3)],
    unit_price: 0.1,
    delivery_date: `2025-01-22 12:00:${String(10 + n)}`,
  }))

  beforeAll(async () => {
    await post(
      '/webhooks/octopush',
      JSON.stringify({ channel: 'email', message_id: 'mail/1 é', list_name: 'L', deliveries: deliveries.toReversed() }),
    )
    await settle(1)
  })

  const path = `/v1/messages/octopush/${encodeURIComponent('mail/1 é')}`
  const get = async (query = '') => (await call(`${path}${query}`)).json()

  test('gives one delivery for each recipient, its history oldest first', async () => {
    const message = await get()
    expect(message).toMatchObject({ provider: 'octopush', messageId: 'mail/1 é', cursor: null })
    expect(message.deliveries).toHaveLength(3)
    for (const { status, final, statusAt, history } of message.deliveries) {
      expect(history.map(({ status }: { status: string }) => status)).toEqual(['sent', 'delivered', 'read', 'clicked'])
      expect([status, final, statusAt]).toEqual(['clicked', true, history.at(-1).occurredAt])
    }
  })

  test.each(['a?b', '100%', 'a%2Fb', 'a/b?c=d&e#f+g', '%25', 'é 😀'])(
    'gives the message %j by the query string, which carries any id',
    async (id) => {
      await post('/webhooks/octopush', JSON.stringify({ ...sms, message_id: id }))
      await settle(1)
      const message = async (query: Record<string, string>) =>
        (await call(`/v1/messages?${new URLSearchParams({ provider: 'octopush', messageId: id, ...query })}`)).json()
      const found = await message({})
      expect(found).toMatchObject({ provider: 'octopush', messageId: id, deliveries: [{ recipient: sms.number }] })
      expect((await message({ recipient: sms.number, limit: '1' })).deliveries).toEqual(found.deliveries)
    },
  )

  test('names what the query string lacks', async () => {
    for (const [query, detail] of [
      ['', /^provider: expected /],
      ['?provider=octopush', /^messageId: expected /],
      ['?messageId=x', /^provider: expected /],
    ] as const) {
      const response = await call(`/v1/messages${query}`)
      expect(response.status).toBe(400)
      expect((await response.json()).detail).toMatch(detail)
    }
  })

  test('gives one recipient', async () => {
    const { deliveries } = await get('?recipient=1@example.com')
    expect(deliveries.map(({ recipient }: { recipient: string }) => recipient)).toEqual(['1@example.com'])
    expect((await get('?recipient=nobody@example.com')).deliveries).toEqual([])
  })

  test.each([1, 3, 5, 12, 200])(
    'gives the whole history in pages of %i records, each with the true status',
    async (limit) => {
      const records: unknown[] = []
      let cursor: string | null = ''
      for (let page = 0; cursor !== null && page < 20; page++) {
        const result = await get(`?limit=${limit}${cursor && `&cursor=${cursor}`}`)
        const found = result.deliveries.flatMap(({ history }: { history: unknown[] }) => history)
        expect(found.length).toBeLessThanOrEqual(limit)
        for (const { status } of result.deliveries) expect(status).toBe('clicked')
        records.push(...found)
        cursor = result.cursor
      }
      expect(records).toEqual((await get()).deliveries.flatMap(({ history }: { history: unknown[] }) => history))
    },
  )

  test.each([
    ['limit', '?limit=0'],
    ['limit', '?limit=1001'],
    ['limit', '?limit=ten'],
    ['cursor', '?cursor=!'],
    ['cursor', '?cursor='],
    ['cursor', '?cursor=AAAA'],
    ['cursor', `?cursor=${'A'.repeat(4_000)}`],
    ['cursor', `?cursor=${Buffer.from('x'.repeat(2_000)).toString('base64url')}`],
    ['recipient', '?recipient=+33600112233'],
    ['recipient', '?limit=5&recipient=a+b@example.com'],
    ['cursor', `?recipient=1@example.com&cursor=${Buffer.from('0@example.com##').toString('base64url')}`],
  ])('answers 400 that names a bad %s: %s', async (name, query) => {
    const response = await call(`${path}${query}`)
    expect(response.status).toBe(400)
    expect((await response.json()).detail).toMatch(new RegExp(`^${name}: expected`))
  })

  test('answers 400 to the cursor of another query', async () => {
    const { cursor } = await get('?limit=1&recipient=1@example.com')
    expect((await call(`${path}?limit=1&recipient=1@example.com&cursor=${cursor}`)).status).toBe(200)
    for (const query of [`?cursor=${cursor}`, `?recipient=2@example.com&cursor=${cursor}`])
      expect((await call(`${path}${query}`)).status).toBe(400)
    expect((await call(`/v1/quarantine?cursor=${cursor}`)).status).toBe(400)
  })

  test('answers 404 where nothing is kept under that id', async () => {
    const long = 'x'.repeat(2_048)
    const ids = [
      'octopush/nothing',
      'nobody/mail%2F1%20%C3%A9',
      'octopush/mail',
      `octopush/${long}`,
      `octopush/x?recipient=${long}`,
    ]
    for (const id of ids) {
      expect((await call(`/v1/messages/${id}`)).status).toBe(404)
    }
  })
})

describe('the quarantine', () => {
  test('lists a callback with its reason and raw body, and replays it', async () => {
    const body = '{"broken":true}'
    await post('/webhooks/nifteem?key=local-key', body, {})
    await settle(1)
    const { items } = await (await call('/v1/quarantine?provider=nifteem&limit=1')).json()
    expect(items).toMatchObject([
      { provider: 'nifteem', reason: expect.stringContaining('messageId: expected text'), body },
    ])
    const response = await call(`/v1/quarantine/${items[0].id}/replay`, { method: 'POST' })
    expect(response.status).toBe(202)
    expect(await settle(1)).toMatchObject([{ result: 'quarantined', callback: { body, replay: true } }])
    expect((await (await call('/v1/quarantine?provider=nifteem&limit=1')).json()).items).toEqual([
      { ...items[0], attemptedAt: expect.stringMatching(/^\d{4}-.*Z$/) },
    ])
  })

  test('takes what is as large as a callback may be once more', async () => {
    const empty = {
      provider: 'octopush',
      method: 'POST',
      requestId: 'large',
      receivedAt: new Date().toISOString(),
      body: '',
      encoding: 'utf8',
    } as Callback
    const free = MAX_QUEUE_MESSAGE_BYTES - serializeCallback({ ...empty, replay: true }).length
    const largest = {
      ...empty,
      body: randomBytes(free)
        .toString('base64')
        .slice(0, free - (free % 4)),
      encoding: 'base64',
    } as const
    await expect(
      enqueue(stack().queue, { ...largest, body: `${largest.body}${'AAAA'.repeat(3)}` }),
    ).rejects.toMatchObject({ status: 413 })
    await enqueue(stack().queue, largest)
    await settle(1)
    const id = quarantineId(largest)
    expect((await call(`/v1/quarantine/${id}/replay`, { method: 'POST' })).status).toBe(202)
    expect(await settle(1)).toMatchObject([{ result: 'quarantined', callback: { replay: true } }])
  })

  test('pages newest first', async () => {
    const seen: string[] = []
    let cursor = ''
    while (cursor !== null) {
      const page = await (await call(`/v1/quarantine?limit=3${cursor && `&cursor=${cursor}`}`)).json()
      seen.push(...page.items.map(({ id }: { id: string }) => id))
      cursor = page.cursor
    }
    expect(seen.length).toBeGreaterThan(10)
    expect(seen).toEqual([...new Set(seen)].sort().reverse())
  })

  test('answers 404 to a replay of an unknown callback, 400 for an unknown provider', async () => {
    for (const id of ['x', '20260102T030405678Z-octopush-0000000000000000', `1-octopush-${'x'.repeat(2_000)}`]) {
      expect((await call(`/v1/quarantine/${id}/replay`, { method: 'POST' })).status).toBe(404)
    }
    const bad = ['provider=nobody', 'cursor=AAAA', `cursor=${Buffer.from('9'.repeat(3_000)).toString('base64url')}`]
    for (const query of bad) {
      const response = await call(`/v1/quarantine?${query}`)
      expect([response.status, (await response.json()).detail]).toEqual([
        400,
        expect.stringMatching(new RegExp(`^${query.split('=')[0]}: expected`)),
      ])
    }
  })
})

test('a poison message ends in the dead-letter queue', async () => {
  const { queue, deadLetters } = stack()
  await queue.client.send(new SendMessageCommand({ QueueUrl: queue.url, MessageBody: 'poison' }))
  await until(async () => (await countMessages(deadLetters)) === 1)
  expect(await countMessages(queue)).toBe(0)
})

test('all parts are up', async () => {
  const response = await call('/health')
  expect([response.status, await response.json()]).toEqual([200, { queue: 'up', tables: 'up' }])
})
