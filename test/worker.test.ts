import { UpdateItemCommand } from '@aws-sdk/client-dynamodb'
import { describe, expect, test } from 'vitest'
import type { Callback } from '../functions/domain/callback.ts'
import { encodeBody } from '../functions/domain/callback.ts'
import { listQuarantined, quarantine, quarantineId } from '../functions/platform/quarantine.ts'
import { providers } from '../functions/providers/index.ts'
import { createWorker } from '../functions/worker/worker.ts'
import { callbackOf } from '../local/fixture-outcome.ts'
import { readFixtures } from '../local/fixtures.ts'
import {
  createTestWorker,
  eventOf,
  failingRows,
  readAll,
  readLedger,
  recordingTelemetry,
  useDynamoDb,
} from './emulators.ts'
import { throttle } from './throttling.ts'

const dynamoDb = useDynamoDb()

function fixture(provider: string, name: string): Callback {
  const found = readFixtures(provider).find((fixture) => fixture.name === name)
  if (found === undefined) throw new Error(`no fixture ${provider}/${name}`)
  return callbackOf(found)
}

const sms = fixture('octopush', 'document-sms')
const email = fixture('octopush', 'document-email')
const malformed = fixture('octopush', 'malformed-date')
const oneBad = fixture('octopush', 'email-one-bad-entry')
const withBody = (callback: Callback, body: string): Callback => ({ ...callback, ...encodeBody(Buffer.from(body)) })

describe('a batch', () => {
  test('ends each of its callbacks in exactly one of four ways', async () => {
    const { worker, telemetry } = await createTestWorker(dynamoDb)
    const all = providers.flatMap(({ id }) => readFixtures(id).map(callbackOf))
    expect(await worker(eventOf(all))).toEqual({ batchItemFailures: [] })
    expect(telemetry.outcomes).toHaveLength(all.length)
    const results = Map.groupBy(telemetry.outcomes, ({ result }) => result)
    expect(new Set(results.keys())).toEqual(new Set(['recorded', 'duplicate', 'ignored', 'quarantined']))
    for (const { reason } of results.get('quarantined') ?? []) expect(reason).toMatch(/: expected /)
  })

  test('writes a fact of several callbacks once, with the earliest arrival', async () => {
    const { worker, ledger, telemetry } = await createTestWorker(dynamoDb)
    const later = { ...sms, receivedAt: '2026-05-05T05:05:05.000Z' }
    await worker(eventOf([later, sms, later]))
    expect(telemetry.outcomes.map(({ result }) => result)).toEqual(['recorded', 'duplicate', 'duplicate'])
    expect((await readAll(ledger)).map(({ receivedAt }) => receivedAt)).toEqual([sms.receivedAt])
  })

  test('counts what an earlier batch has stored as duplicate', async () => {
    const { worker, telemetry } = await createTestWorker(dynamoDb)
    await worker(eventOf([sms, email]))
    await worker(eventOf([email, sms], 2))
    expect(telemetry.outcomes.map(({ result }) => result)).toEqual(['recorded', 'recorded', 'duplicate', 'duplicate'])
  })

  test('stores ten thousand deliveries of one callback', async () => {
    const { worker, ledger, telemetry } = await createTestWorker(dynamoDb)
    const body = JSON.parse(email.body)
    const deliveries = Array.from({ length: 10_000 }, (_, n) => ({ ...body.deliveries[1], email: `${n}@example.com` }))
    expect(await worker(eventOf([withBody(email, JSON.stringify({ ...body, deliveries }))]))).toEqual({
      batchItemFailures: [],
    })
    expect(telemetry.outcomes[0]?.stored).toHaveLength(10_000)
    expect(await readLedger(ledger)).toHaveLength(10_000)
  }, 60_000)
})

describe('a message that is no callback of a known provider', () => {
  test.each(['', 'poison', '{}', JSON.stringify({ ...sms, provider: 'nobody' })])('fails alone: %s', async (poison) => {
    const { worker, ledger, telemetry } = await createTestWorker(dynamoDb)
    const { batchItemFailures } = await worker(eventOf([sms, poison, email]))
    expect(batchItemFailures).toEqual([{ itemIdentifier: 'message-1' }])
    expect(telemetry.outcomes.map(({ result }) => result)).toEqual(['recorded', 'recorded'])
    expect(await readLedger(ledger)).toHaveLength(4)
  })
})

describe('quarantine', () => {
  test('takes a malformed callback with its reason, its raw body and an end in 90 days', async () => {
    const { worker, quarantine, ledger } = await createTestWorker(dynamoDb)
    await worker(eventOf([malformed]))
    const { items } = await listQuarantined(quarantine, ['octopush'], 10)
    expect(items).toMatchObject([
      { id: quarantineId(malformed), reason: 'delivery_date: expected yyyy-MM-dd HH:mm:ss', callback: malformed },
    ])
    for (const row of await readAll(quarantine))
      expect((Number(row.expiresAt) - Date.now() / 1000) / (24 * 60 * 60)).toBeCloseTo(90, 2)
    expect(await readLedger(ledger)).toEqual([])
  })

  test('holds a callback with one bad entry, once the good ones are stored', async () => {
    const { worker, quarantine, ledger, telemetry } = await createTestWorker(dynamoDb)
    await worker(eventOf([oneBad]))
    expect(telemetry.outcomes).toMatchObject([
      {
        result: 'quarantined',
        reason:
          'deliveries[1].delivery_date: expected yyyy-MM-dd HH:mm:ss; deliveries[2].status_history[0].delivery_date: expected yyyy-MM-dd HH:mm:ss',
      },
    ])
    expect(await readLedger(ledger)).toHaveLength(4)
    expect((await listQuarantined(quarantine, ['octopush'], 10)).items.map(({ callback }) => callback)).toEqual([
      oneBad,
    ])
  })

  test('takes what DynamoDB cannot store, instead of a loop', async () => {
    const { worker, telemetry } = await createTestWorker(dynamoDb)
    const bodies = [
      { ...JSON.parse(sms.body), number: '3'.repeat(2_000) },
      { ...JSON.parse(sms.body), note: '\ud800' },
      { ...JSON.parse(sms.body), message_id: 'sms\ud800' },
      { ...JSON.parse(sms.body), note: 'x'.repeat(420_000) },
    ].map((body) => withBody(sms, JSON.stringify(body)))
    expect(await worker(eventOf(bodies))).toEqual({ batchItemFailures: [] })
    expect(telemetry.outcomes.map(({ result, reason }) => `${result} ${reason}`)).toEqual([
      expect.stringMatching(/^quarantined body: DynamoDB: .*(size|bytes)/i),
      expect.stringMatching(/^quarantined body: Lone surrogate/),
      expect.stringMatching(/^quarantined body: Lone surrogate in the message id/),
      expect.stringMatching(/^quarantined body: DynamoDB: .*size/i),
    ])
  })

  test('takes each of two callbacks that report the same fact, which DynamoDB cannot store', async () => {
    const { worker, quarantine, telemetry } = await createTestWorker(dynamoDb)
    const large = withBody(sms, JSON.stringify({ ...JSON.parse(sms.body), note: 'x'.repeat(420_000) }))
    const both = [
      { ...large, requestId: 'one' },
      { ...large, requestId: 'two' },
    ]
    expect(await worker(eventOf(both))).toEqual({ batchItemFailures: [] })
    expect(telemetry.outcomes.map(({ result }) => result)).toEqual(['quarantined', 'quarantined'])
    const { items } = await listQuarantined(quarantine, ['octopush'], 10)
    expect(items.map(({ callback }) => callback?.requestId).sort()).toEqual(['one', 'two'])
  })

  test('keeps a replay that fails again, and lets one go that succeeds', async () => {
    const { worker, quarantine, ledger } = await createTestWorker(dynamoDb)
    await worker(eventOf([malformed]))
    await worker(eventOf([{ ...malformed, replay: true }]))
    const { items } = await listQuarantined(quarantine, ['octopush'], 10)
    expect(items.map(({ callback }) => callback)).toEqual([malformed])
    await worker(eventOf([{ ...malformed, ...encodeBody(Buffer.from(sms.body)), replay: true }]))
    expect(await readAll(quarantine)).toEqual([])
    expect(await readLedger(ledger)).toHaveLength(1)
  })

  test('is listed newest first, over all providers, page by page', async () => {
    const { worker, quarantine } = await createTestWorker(dynamoDb)
    const bad = ['avaamo', 'nifteem', 'octopush', 'telesign'].flatMap((provider, p) =>
      Array.from({ length: 7 }, (_, n) => ({
        ...withBody(malformed, 'bad'),
        provider,
        requestId: `${provider}-${n}`,
        receivedAt: new Date(Date.UTC(2026, 5, 1, 0, n, p)).toISOString(),
      })),
    )
    await worker(eventOf(bad))
    const ids = providers.map(({ id }) => id)
    const seen: string[] = []
    let before: string | undefined
    for (let page = 0; page < 50; page++) {
      const { items, next } = await listQuarantined(quarantine, ids, 5, before)
      seen.push(...items.map(({ id }) => id))
      before = next
      if (next === undefined) break
    }
    expect(seen).toEqual(bad.map(quarantineId).sort().reverse())
  })
})

test('expired items that are not yet deleted do not hide later ones', async () => {
  const { worker, quarantine } = await createTestWorker(dynamoDb)
  const bad = Array.from({ length: 6 }, (_, n) => ({
    ...malformed,
    requestId: String(n),
    receivedAt: `2026-01-0${n + 1}T00:00:00.000Z`,
  }))
  await worker(eventOf(bad))
  for (const callback of bad.slice(2, 5))
    await quarantine.client.send(
      new UpdateItemCommand({
        TableName: quarantine.name,
        Key: { pk: { S: callback.provider }, sk: { S: quarantineId(callback) } },
        UpdateExpression: 'SET expiresAt = :past',
        ExpressionAttributeValues: { ':past': { N: '1' } },
      }),
    )
  for (const limit of [1, 2, 3, 4]) {
    const { items } = await listQuarantined(quarantine, ['octopush'], limit)
    expect(items.map(({ callback }) => callback?.requestId)).toEqual(['5', '1', '0'].slice(0, limit))
  }
})

test('a page of the quarantine fits into an answer of a Lambda', async () => {
  const { worker, quarantine } = await createTestWorker(dynamoDb)
  const bad = Array.from({ length: 12 }, (_, n) => ({
    ...withBody(malformed, '\u0001'.repeat(100_000)),
    requestId: String(n),
  }))
  await worker(eventOf(bad))
  const { items, next } = await listQuarantined(quarantine, ['octopush'], 50)
  expect(Buffer.byteLength(JSON.stringify(JSON.stringify(items)))).toBeLessThan(6_000_000)
  expect(next).toBe(items.at(-1)?.id)
})

describe('a passing fault', () => {
  test('of the ledger gives back every callback that has records, and settles the others', async () => {
    const { ledger, quarantine } = await createTestWorker(dynamoDb)
    const telemetry = recordingTelemetry()
    const worker = createWorker({ providers, ledger: { ...ledger, name: 'gone' }, quarantine, telemetry })
    const { batchItemFailures } = await worker(eventOf([sms, fixture('octopush', 'reply'), malformed, oneBad]))
    expect(batchItemFailures).toEqual([{ itemIdentifier: 'message-0' }, { itemIdentifier: 'message-3' }])
    expect(telemetry.outcomes.map(({ result }) => result)).toEqual(['ignored', 'quarantined'])
    expect(telemetry.batches[0]?.returned).toEqual(['ResourceNotFound', 'ResourceNotFound'])
  })

  test('of the whole ledger leaves a replay in quarantine', async () => {
    const { ledger, quarantine: table, telemetry } = await createTestWorker(dynamoDb)
    const item = { callback: sms, reason: 'body: expected something else' }
    await quarantine(table, [item])
    const worker = createWorker({ providers, ledger: { ...ledger, name: 'gone' }, quarantine: table, telemetry })
    expect(await worker(eventOf([{ ...sms, replay: true }]))).toEqual({
      batchItemFailures: [{ itemIdentifier: 'message-0' }],
    })
    expect((await listQuarantined(table, ['octopush'], 10)).items).toMatchObject([item])
  })

  test('of the quarantine gives back only what belongs there, and the next try stores all', async () => {
    const { ledger, quarantine } = await createTestWorker(dynamoDb)
    const telemetry = recordingTelemetry()
    const broken = createWorker({ providers, ledger, quarantine: { ...quarantine, name: 'gone' }, telemetry })
    const { batchItemFailures } = await broken(eventOf([sms, malformed, oneBad]))
    expect(batchItemFailures).toEqual([{ itemIdentifier: 'message-1' }, { itemIdentifier: 'message-2' }])
    const whole = createWorker({ providers, ledger, quarantine, telemetry })
    expect(await whole(eventOf([malformed, oneBad], 2))).toEqual({ batchItemFailures: [] })
    expect(telemetry.outcomes.map(({ result }) => result)).toEqual(['recorded', 'quarantined', 'quarantined'])
  })
})

describe('a partition that takes so many writes a second', () => {
  const entry = (n: number) => ({ email: `${n}@example.com`, status: 'READ', delivery_date: '2025-01-22 12:24:30' })
  const campaign = (size: number, ...others: object[]) =>
    withBody(
      email,
      JSON.stringify({
        message_id: 'campaign',
        deliveries: [...Array(size).keys()].map(entry).concat(others as never),
      }),
    )

  test('is waited out: a callback of more records than a second takes ends at its first receive', async () => {
    const { ledger, quarantine } = await createTestWorker(dynamoDb)
    const telemetry = recordingTelemetry()
    const slow = throttle(ledger, { burst: 1000, rate: 1000 })
    const worker = createWorker({ providers, ledger: slow, quarantine, telemetry })
    expect(await worker(eventOf([campaign(3_000)]))).toEqual({ batchItemFailures: [] })
    expect(telemetry.outcomes).toMatchObject([{ result: 'recorded', stored: { length: 3_000 } }])
  }, 20_000)

  test('does not hold up the other messages of its batch', async () => {
    const { ledger, quarantine } = await createTestWorker(dynamoDb)
    const telemetry = recordingTelemetry()
    const slow = throttle(ledger, { burst: 100, rate: 1 })
    const worker = createWorker({ providers, ledger: slow, quarantine, telemetry, timeout: 1 })
    const { batchItemFailures } = await worker(eventOf([campaign(1_000), sms, email]))
    expect(batchItemFailures).toEqual([{ itemIdentifier: 'message-0' }])
    expect(telemetry.outcomes.map(({ result }) => result)).toEqual(['recorded', 'recorded'])
  }, 20_000)

  test('works on callbacks of many records one after the other, after all others, and gives back what it does not reach', async () => {
    const { ledger, quarantine } = await createTestWorker(dynamoDb)
    const telemetry = recordingTelemetry()
    const slow = throttle(ledger, { burst: 100, rate: 1 })
    const worker = createWorker({ providers, ledger: slow, quarantine, telemetry, timeout: 1 })
    const many = [1, 2, 3].map((n) => ({ ...campaign(3_000), requestId: `${n}` }))
    const { batchItemFailures } = await worker(eventOf([...many, sms, email]))
    expect(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier)).toEqual([
      'message-0',
      'message-1',
      'message-2',
    ])
    expect(telemetry.outcomes.map(({ result }) => result)).toEqual(['recorded', 'recorded'])
    expect(telemetry.batches.map(({ returned }) => returned)).toEqual([['ThrottlingError'], ['OutOfTime', 'OutOfTime']])
  }, 20_000)

  test('that takes too few until the deadline returns the callback, and counts what it has stored', async () => {
    const { ledger, quarantine } = await createTestWorker(dynamoDb)
    const telemetry = recordingTelemetry()
    const slow = throttle(ledger, { burst: 50, rate: 1 })
    const worker = createWorker({ providers, ledger: slow, quarantine, telemetry, timeout: 1 })
    const odd = { email: 'odd@example.com', status: 'TELEPORTED', delivery_date: '2025-01-22 12:24:30' }
    const bad = { ...entry(0), delivery_date: null }
    const callback = campaign(200, odd, bad)
    const start = Date.now()
    expect((await worker(eventOf([callback]))).batchItemFailures).toHaveLength(1)
    expect(Date.now() - start).toBeLessThan(2_000)
    expect(telemetry.outcomes).toEqual([])
    expect(telemetry.batches[0]?.returned).toEqual(['ThrottlingError'])
    expect(telemetry.batches[0]?.unfinished[0]?.stored.length).toBeGreaterThanOrEqual(50)
    const { items } = await listQuarantined(quarantine, ['octopush'], 10)
    expect(items).toMatchObject([{ reason: expect.stringContaining('deliveries[201]'), callback }])

    const whole = createWorker({ providers, ledger, quarantine, telemetry })
    expect(await whole(eventOf([callback], 2))).toEqual({ batchItemFailures: [] })
    expect(telemetry.outcomes.map(({ result }) => result)).toEqual(['quarantined'])
    const counted = [...telemetry.outcomes, ...(telemetry.batches[0]?.unfinished ?? [])]
    expect(counted.flatMap(({ stored }) => stored)).toHaveLength(201)
    expect(counted.flatMap(({ unmapped }) => unmapped)).toEqual(['TELEPORTED'])
    expect((await listQuarantined(quarantine, ['octopush'], 10)).items).toHaveLength(1)
  }, 20_000)

  test('of the quarantine is waited out, too', async () => {
    const { ledger, quarantine } = await createTestWorker(dynamoDb)
    const slow = throttle(quarantine, { burst: 10, rate: 50 })
    const worker = createWorker({ providers, ledger, quarantine: slow, telemetry: recordingTelemetry() })
    const many = Array.from({ length: 60 }, (_, n) => ({ ...malformed, requestId: String(n) }))
    expect(await worker(eventOf(many))).toEqual({ batchItemFailures: [] })
    expect((await listQuarantined(quarantine, ['octopush'], 100)).items).toHaveLength(60)
  }, 20_000)
})

test('callbacks of many records share no group, so that a batch of them fits into memory', async () => {
  const { worker, telemetry } = await createTestWorker(dynamoDb)
  const entries = Array.from({ length: 2_500 }, (_, n) => ({ ...JSON.parse(email.body).deliveries[1], email: `${n}` }))
  const many = ['a', 'b', 'c'].map((message_id) => withBody(email, JSON.stringify({ message_id, deliveries: entries })))
  expect(await worker(eventOf([...many, sms]))).toEqual({ batchItemFailures: [] })
  expect(telemetry.batches.map(({ outcomes }) => outcomes.length)).toEqual([2, 1, 1])
}, 60_000)

test('a callback that was quarantined and went back to the queue leaves quarantine when it is recorded', async () => {
  const { worker, ledger, quarantine: table } = await createTestWorker(dynamoDb)
  const item = { callback: sms, reason: 'body: expected something else' }
  await quarantine(table, [item])
  await worker(eventOf([sms], 2))
  expect(await readAll(table)).toEqual([])
  expect(await readLedger(ledger)).toHaveLength(1)
})

test.each([
  ['minutes after it arrived, as by a redrive, leaves quarantine when it is recorded', 61_000, 0],
  ['as soon as it arrived is looked for in no quarantine', 20_000, 1],
])('a callback that enters the queue %s', async (_, later, left) => {
  const { worker, quarantine: table } = await createTestWorker(dynamoDb)
  await quarantine(table, [{ callback: sms, reason: 'body: expected JSON' }])
  await worker(eventOf([sms], 1, Date.parse(sms.receivedAt) + later))
  expect((await listQuarantined(table, ['octopush'], 10)).items).toHaveLength(left)
})

describe('one row of sixty that fails at each try', () => {
  const people = Array.from({ length: 60 }, (_, n) => `${String(n).padStart(2, '0')}@example.com`)
  const moment = { status: 'DELIVERED', delivery_date: '2025-01-22 11:46:06' }
  const list = withBody(
    { ...email, requestId: 'sixty' },
    JSON.stringify({
      channel: 'email',
      message_id: 'sixty',
      deliveries: people.map((email) => ({ email, ...moment })),
    }),
  )
  const listWithBadEntry = withBody(list, list.body.replace('"deliveries":[', '"deliveries":[{"email":"bad"},'))
  const item = { callback: list, reason: 'body: expected something else' }

  async function createFailing(person: string) {
    const tables = await createTestWorker(dynamoDb)
    const telemetry = recordingTelemetry()
    const ledger = failingRows(tables.ledger, ({ S }) => S === person)
    const { quarantine } = tables
    return { ...tables, telemetry, worker: createWorker({ providers, ledger, quarantine, telemetry }) }
  }

  test.each([0, 24, 25, 59])('gives the whole callback back to the queue: row %i', async (failing) => {
    const { worker, ledger, quarantine, telemetry } = await createFailing(people[failing] as string)
    const other = { ...sms, requestId: 'other' }
    const returned = [{ itemIdentifier: 'message-0' }]
    expect(await worker(eventOf([list, other]))).toEqual({ batchItemFailures: returned })
    expect(telemetry.outcomes.map(({ callback }) => callback.requestId)).toEqual(['other'])
    expect(telemetry.batches[0]?.returned).toEqual(['InternalServerError'])
    const whole = createWorker({ providers, ledger, quarantine, telemetry })
    expect(await whole(eventOf([list], 2))).toEqual({ batchItemFailures: [] })
    const kept = (await readLedger(ledger)).map(({ recipient }) => recipient)
    expect(kept.filter((recipient) => recipient !== '+33600112233')).toEqual(people)
  })

  test('keeps a replay in quarantine until all its rows are stored', async () => {
    const { worker, ledger, quarantine: table, telemetry } = await createFailing(people[59] as string)
    await quarantine(table, [item])
    const replay = eventOf([{ ...list, replay: true }])
    expect(await worker(replay)).toEqual({ batchItemFailures: [{ itemIdentifier: 'message-0' }] })
    expect(telemetry.outcomes).toEqual([])
    expect((await listQuarantined(table, ['octopush'], 10)).items).toMatchObject([item])
    const whole = createWorker({ providers, ledger, quarantine: table, telemetry })
    expect(await whole(replay)).toEqual({ batchItemFailures: [] })
    expect(await readAll(table)).toEqual([])
    expect(await readLedger(ledger)).toHaveLength(60)
  })

  test('does not let quarantine settle a callback that has a bad entry too', async () => {
    const { worker, quarantine: table, telemetry } = await createFailing(people[59] as string)
    expect(await worker(eventOf([listWithBadEntry]))).toEqual({
      batchItemFailures: [{ itemIdentifier: 'message-0' }],
    })
    expect(telemetry.outcomes).toEqual([])
    expect((await listQuarantined(table, ['octopush'], 10)).items).toHaveLength(1)
  })

  test('gives back every callback of the batch that reports its fact', async () => {
    const { worker, telemetry } = await createFailing(people[59] as string)
    const { batchItemFailures } = await worker(eventOf([list, { ...list, requestId: 'again' }]))
    expect(batchItemFailures).toEqual([{ itemIdentifier: 'message-0' }, { itemIdentifier: 'message-1' }])
    expect(telemetry.outcomes).toEqual([])
  })
})

test('a ledger that has a retention lets its rows expire', async () => {
  const { ledger, quarantine, telemetry } = await createTestWorker(dynamoDb)
  const worker = createWorker({ providers, ledger: { ...ledger, retentionDays: 30 }, quarantine, telemetry })
  // However long ago it arrived: it may come out of quarantine.
  await worker(eventOf([sms]))
  const [row] = await readAll(ledger)
  expect((Number(row?.expiresAt) - Date.now() / 1000) / (24 * 60 * 60)).toBeCloseTo(30, 2)
})

test('times without a zone are read in the zone that is configured', async () => {
  const { ledger, quarantine, telemetry } = await createTestWorker(dynamoDb)
  const worker = createWorker({ providers, ledger, quarantine, telemetry, timeZones: { octopush: 'America/New_York' } })
  await worker(eventOf([sms]))
  expect((await readAll(ledger)).map(({ occurredAt }) => occurredAt)).toEqual(['2025-01-22T16:46:06.000Z'])
})
