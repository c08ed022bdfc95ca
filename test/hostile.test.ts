import { isUtf8 } from 'node:buffer'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { request } from 'node:http'
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { afterEach, describe, expect, test } from 'vitest'
import { type Callback, encodeBody } from '../functions/domain/callback.ts'
import { sharedKey } from '../functions/domain/proof/shared-key.ts'
import { listQuarantined } from '../functions/platform/quarantine.ts'
import { providers } from '../functions/providers/index.ts'
import { hostileBodies, hostileLists } from '../laboratory/hostile.ts'
import { LOCAL_KEY, localSecret } from '../local/credentials.ts'
import { callbackOf } from '../local/fixture-outcome.ts'
import { type Fixture, readFixtures, send as sendRequest } from '../local/fixtures.ts'
import { createTestWorker, eventOf, readLedger, useDynamoDb, useStack } from './emulators.ts'
import { sampled } from './sample.ts'

const dynamoDb = useDynamoDb()

/** An example of every provider that sends a JSON object: what hostile bodies are made of, and what must not suffer from them. */
const documents = providers
  .map(({ id }) => readFixtures(id).find(({ name }) => name.startsWith('document-')) as Fixture)
  .filter(({ body }) => /^\s*\{/.test(body.toString()))
const providerOf = (document: Fixture) =>
  providers.find(({ id }) => id === document.provider) as (typeof providers)[number]

const payloadOf = ({ body }: Fixture): Record<string, unknown> => JSON.parse(body.toString())
const innocent: Callback = { ...callbackOf(documents[0] as Fixture), requestId: 'innocent' }

const hostile = sampled(
  documents.flatMap((document) =>
    Object.entries({
      ...hostileBodies(payloadOf(document)),
      ...hostileLists()[document.provider],
    }).map(([name, body]) => ({ name, provider: document.provider, document, body })),
  ),
  10,
)

afterEach(() => {
  expect(({} as Record<string, unknown>).polluted).toBeUndefined()
})

describe('the worker', () => {
  test.each(hostile)('ends $provider with $name, and the callback beside it', async ({ document, body }) => {
    const { worker, ledger, quarantine, telemetry } = await createTestWorker(dynamoDb)
    const callback = { ...callbackOf(document), requestId: 'hostile', ...encodeBody(body) }
    expect(await worker(eventOf([callback, innocent]))).toEqual({ batchItemFailures: [] })
    // Large messages are worked on last.
    const outcomeOf = (id: string) => telemetry.outcomes.find(({ callback }) => callback.requestId === id)
    const [outcome, other] = [outcomeOf('hostile'), outcomeOf('innocent')]
    expect(['recorded', 'duplicate']).toContain(other?.result)
    const { items } = await listQuarantined(quarantine, [callback.provider], 10)
    expect(items.map(({ reason }) => reason)).toEqual(
      outcome?.result === 'quarantined' ? [outcome.reason?.slice(0, 2_000)] : [],
    )
    if (outcome?.result === 'quarantined') expect(outcome.reason).toMatch(/^[\w.[\]]+.*: ./)
    for (const { callback: kept } of items) expect(kept).toEqual(callback)
    const rows = await readLedger(ledger)
    expect(rows).toHaveLength((outcome?.stored.length ?? 0) + (other?.stored.length ?? 0))
    for (const row of rows) expect(row.pk).toBe(`${row.provider}#${row.messageId}`)
  })

  const anything = fc.oneof(
    fc.jsonValue({ maxDepth: 3 }),
    fc.string({ unit: 'binary' }),
    fc.constantFrom(
      '__proto__',
      'constructor',
      '\ud800',
      '',
      ' ',
      '#',
      '9'.repeat(25),
      'DELIVERED',
      '2025-02-30 24:00:00',
    ),
    fc.double(),
  )

  test.each(documents)(
    'ends whatever $provider may put in place of what it documents',
    async (document) => {
      const { worker, telemetry } = await createTestWorker(dynamoDb)
      const payload = payloadOf(document)
      const twisted = fc
        .tuple(fc.subarray(Object.keys(payload)), fc.dictionary(fc.string(), anything), fc.array(anything))
        .map(([names, more, values]) => ({
          ...payload,
          ...more,
          ...Object.fromEntries(names.map((name, index) => [name, values[index]])),
        }))
      await fc.assert(
        fc.asyncProperty(fc.array(twisted, { minLength: 1, maxLength: 5 }), async (payloads) => {
          telemetry.outcomes.length = 0
          const callbacks = payloads.map((json, index) => ({
            ...callbackOf(document),
            requestId: String(index),
            ...encodeBody(Buffer.from(JSON.stringify(json))),
          }))
          expect(await worker(eventOf(callbacks))).toEqual({ batchItemFailures: [] })
          expect(telemetry.outcomes).toHaveLength(callbacks.length)
        }),
        { numRuns: 20 },
      )
    },
    60_000,
  )
})

/** Whether the proof repeats the body, as JSON, in a header: nothing else can be proven, and what is long does not fit. */
const hasBodyInHeader = (document: Fixture): boolean => providerOf(document).id === 'gatewayapi'

describe('the receivers', () => {
  // Callbacks of ten thousand recipients are what the intake bears; following each of them is another test's.
  const { stack, telemetry } = useStack({
    eventSource: { batchSize: 100, batchingWindow: 0.05, visibilityTimeout: 60, maxReceiveCount: 3 },
    isFollowed: false,
  })
  const port = () => Number(new URL(stack().url).port)

  const targetOf = ({ target }: Fixture) => (target.split('?')[0] as string).replace(/^\/+/, '/')

  const post = async (document: Fixture, body: Buffer, headers: Record<string, string> = {}) => {
    const provider = providerOf(document)
    const own = { 'content-type': document.headers['content-type'] }
    const bare = {
      method: 'POST',
      url: `${stack().url}${targetOf(document)}`,
      headers: own,
      body,
      receivedAt: Date.now(),
    }
    const signed = provider.proof.prove(bare, localSecret(provider.id))
    const response = await sendRequest({ ...signed, headers: { ...signed.headers, ...headers } })
    return { status: response.status, body: await response.text() }
  }

  const settle = async (count: number) => {
    while (telemetry.outcomes.length < count) await sleep(20)
  }

  const outcomeOf = async (sent: (callback: Callback) => boolean) => {
    for (;;) {
      const outcome = telemetry.outcomes.find(({ callback }) => sent(callback))
      if (outcome !== undefined) return outcome
      await sleep(20)
    }
  }

  test('take all of it, or say why not, and never fail', { timeout: 120_000 }, async () => {
    let [accepted, unserved] = [0, 0]
    for (const { document, body, name } of hostile) {
      const { status } = await post(document, body)
      // API Gateway replaces bytes of a JSON body that are no UTF-8: a signature over them does not hold.
      const isAltered = !isUtf8(body) && providerOf(document).proof !== sharedKey
      const refusal = (isAltered || hasBodyInHeader(document)) && [401, 431].find((code) => code === status)
      expect([name, status]).toEqual([name, refusal || 200])
      if (status === 200) accepted++
      // The gateway answers headers that are too long by itself.
      if (status === 431) unserved++
    }
    expect(accepted).toBeGreaterThan(hostile.length - 20)
    await settle(accepted)
    expect(telemetry.outcomes).toHaveLength(accepted)
    // A batch of nothing but the largest bodies may not end in time; what is left comes again.
    const causes = telemetry.batches.flatMap(({ returned }) => returned)
    expect(causes.filter((cause) => cause !== 'OutOfTime')).toEqual([])
    expect(telemetry.refusals).toHaveLength(hostile.length - accepted - unserved)
  })

  // A proof in the body changes its length.
  test.each(documents.filter((document) => !providerOf(document).proof.withheld?.json && !hasBodyInHeader(document)))(
    '$provider: take what fits into a queue message, compressed, and no byte more',
    async (document) => {
      const ofLength = (bytes: number) => Buffer.alloc(bytes, 'x')
      expect((await post(document, ofLength(1_048_576 - 1_000), { 'content-type': 'text/plain' })).status).toBe(200)
      expect((await post(document, ofLength(4_500_000), { 'content-type': 'text/plain' })).status).toBe(200)
      // What cannot be compressed grows by a third in base64.
      expect((await post(document, randomBytes(785_000), { 'content-type': 'x/bytes' })).status).toBe(200)
      expect((await post(document, randomBytes(787_000), { 'content-type': 'x/bytes' })).status).toBe(413)
      expect((await post(document, ofLength(10 * 1_048_576 + 1))).status).toBe(413)
    },
  )

  test('answer a hostile request without a key with 401 alone', async () => {
    const strange = { 'x-api-key': 'é"\\{}', 'x-ts-authorization': 'TSA :::', authorization: `Basic ${'='.repeat(99)}` }
    for (const document of documents) {
      const response = await sendRequest({
        method: 'POST',
        url: `${stack().url}${targetOf(document)}`,
        headers: { 'content-type': 'application/json', ...strange },
        body: Buffer.from('{"__proto__":1}'),
        receivedAt: Date.now(),
      })
      const [status, body] = [response.status, await response.text()]
      expect(status).toBe(401)
      expect(JSON.parse(body)).toMatchObject({ status: 401, detail: 'The request is not authentic.' })
    }
  })

  test.each([
    ['an id of 3,000 characters', 'x'.repeat(3_000), 'x'.repeat(3_000)],
    ['an id of separators', '%23%20%2525%F0%9F%A6%84%00%0A', '# %🦄\0\n'],
    ['a prototype', '__proto__', '__proto__'],
  ])('avaamo: %s in the path', async (_, id, decoded) => {
    const path = `/custom/v1/broadcast/messages/${id}/status`
    const response = await send({ path, body: '{"status":"sent"}' })
    expect(response.status).toBe(200)
    const { result } = await outcomeOf(({ pathParameters }) => pathParameters.recipient_uuid === decoded)
    expect(result).toMatch(/^(recorded|quarantined)$/)
  })

  test.each(['%ff%fe', '%', '%25'])('refuse a path that API Gateway cannot decode: %s', async (id) => {
    const { status } = await send({ path: `/custom/v1/broadcast/messages/${id}/status`, body: '{"status":"sent"}' })
    expect(status).toBe(400)
  })

  /** A request as Node's own client sends it, which leaves paths and repeated headers alone. */
  async function send({ path = '/webhooks/octopush', body = '', headers = {} as Record<string, string | string[]> }) {
    const outgoing = request({ port: port(), path, method: 'POST', headers: { 'x-api-key': LOCAL_KEY, ...headers } })
    outgoing.end(body)
    const [response] = await once(outgoing, 'response')
    return { status: response.statusCode as number, body: await text(response) }
  }

  test('do not take a key out of repeated headers', async () => {
    expect((await send({ headers: { 'x-api-key': [LOCAL_KEY, 'other'] } })).status).toBe(401)
    expect((await send({ headers: { 'x-api-key': ['', LOCAL_KEY] } })).status).toBe(401)
  })

  test('outlive floods of headers and of query parameters', async () => {
    const flood = Object.fromEntries(Array.from({ length: 400 }, (_, index) => [`x-${index}`, 'x'.repeat(20)]))
    expect((await send({ headers: flood })).status).toBe(200)
    expect((await send({ headers: { 'x-long': 'x'.repeat(20_000) } })).status).toBe(431)
    expect((await send({ path: `/webhooks/octopush?${'a=1&'.repeat(3_000)}` })).status).toBe(200)
    expect(
      (await send({ path: `/webhooks/octopush?${'key=x&'.repeat(2_000)}`, headers: { 'x-api-key': '' } })).status,
    ).toBe(401)
    expect((await send({ path: '/webhooks/octopush?%ff=%&=&&%3D%00' })).status).toBe(200)
  })

  test('keep a compressed body as it is, for the quarantine', async () => {
    const body = gzipSync('{"status":"DELIVERED"}')
    const { status } = await post(documents.find(({ provider }) => provider === 'octopush') as Fixture, body, {
      'content-encoding': 'gzip',
      'content-type': 'application/octet-stream',
    })
    expect(status).toBe(200)
    const outcome = await outcomeOf(({ body: kept }) => kept === body.toString('base64'))
    expect(outcome).toMatchObject({ result: 'quarantined', reason: 'body: expected UTF-8' })
  })

  test('wait for a body that comes in chunks, slowly, and serve others meanwhile', async () => {
    const socket = connect(port(), '127.0.0.1')
    socket.write(
      `POST /webhooks/octopush HTTP/1.1\r\nhost: x\r\nx-api-key: ${LOCAL_KEY}\r\ntransfer-encoding: chunked\r\n\r\n`,
    )
    for (const piece of '{"slow":1}') {
      socket.write(`1\r\n${piece}\r\n`)
      await sleep(20)
      expect((await send({})).status).toBe(200)
    }
    socket.write('0\r\n\r\n')
    const [answer] = await once(socket, 'data')
    expect(String(answer)).toMatch(/^HTTP\/1\.1 200 /)
    socket.destroy()
    await outcomeOf(({ body }) => body === '{"slow":1}')
  })

  test('outlive a caller that leaves in the middle, or speaks no HTTP', async () => {
    for (const words of [
      'POST /webhooks/octopush HTTP/1.1\r\nhost: x\r\ncontent-length: 1000\r\n\r\nhalf',
      'GET\0\r\n\r\n',
      '\x16\x03\x01',
    ]) {
      const socket = connect(port(), '127.0.0.1')
      socket.on('error', () => {})
      socket.write(words)
      await sleep(30)
      socket.destroy()
    }
    expect((await send({})).status).toBe(200)
  })
})
