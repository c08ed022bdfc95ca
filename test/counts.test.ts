import { BatchExecuteStatementCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { describe, expect, test } from 'vitest'
import type { Callback } from '../functions/domain/callback.ts'
import type { StatusRecord } from '../functions/domain/status.ts'
import { countsOf, unmappedOf, WITHHELD } from '../functions/platform/counts.ts'
import type { Table } from '../functions/platform/table.ts'
import type { Batch, Outcome, Progress } from '../functions/platform/telemetry.ts'
import { providers } from '../functions/providers/index.ts'
import { createWorker } from '../functions/worker/worker.ts'
import { callbackWith } from './callbacks.ts'
import { statusRecord } from './domain/records.ts'
import { createTestWorker, eventOf, readLedger, recordingTelemetry, useDynamoDb } from './emulators.ts'

const dynamoDb = useDynamoDb()

const OUTCOMES = ['recorded', 'duplicate', 'ignored', 'quarantined']

const callbackOf = (requestId: string, json: object): Callback =>
  callbackWith('octopush', JSON.stringify(json), { requestId, contentType: null })

const delivered = { status: 'DELIVERED', delivery_date: '2025-01-22 11:46:06' }

const sms = (id: string): Callback =>
  callbackOf(id, { channel: 'sms', message_id: id, number: '+33600112233', ...delivered })

const campaign = (size: number): Callback => {
  const deliveries = Array.from({ length: size }, (_, n) => ({ email: `${n}@example.com`, ...delivered }))
  return callbackOf('campaign', { channel: 'email', message_id: 'campaign', deliveries })
}

type Answer = (command: object, send: () => Promise<object>) => Promise<object>

/** A worker whose ledger answers as given, and what its batches count together. */
async function createFaultyWorker() {
  const { ledger, quarantine } = await createTestWorker(dynamoDb)
  const telemetry = recordingTelemetry()
  const faults: { answer?: Answer | undefined } = {}
  const send = (command: never) => {
    const forward = () => ledger.client.send(command) as Promise<object>
    return faults.answer ? faults.answer(command, forward) : forward()
  }
  const faulty: Table = { ...ledger, client: Object.assign(Object.create(ledger.client), { send }) as DynamoDBClient }
  const worker = createWorker({ providers, ledger: faulty, quarantine, telemetry })
  const counts = () => {
    const total: Record<string, number> = {}
    for (const batch of telemetry.batches)
      for (const { counts } of countsOf(batch, Date.now()))
        for (const [name, times] of counts) total[name] = (total[name] ?? 0) + times
    expect(OUTCOMES.reduce((sum, name) => sum + (total[name] ?? 0), 0)).toBe(total.accepted ?? 0)
    return total
  }
  return { worker, ledger, faults, counts }
}

const died: Answer = async () => {
  throw Object.assign(new Error('no answer'), { name: 'TimeoutError' })
}

describe('a callback is accepted once, and its outcomes sum to that', () => {
  test('where the answer to a write is lost: it is recorded, not a duplicate of itself', async () => {
    const { worker, faults, counts } = await createFaultyWorker()
    await worker(eventOf([sms('old')]))
    let lost = 1
    faults.answer = async (_, send) => {
      const answer = await send()
      if (lost-- > 0) throw Object.assign(new Error('socket hang up'), { name: 'TimeoutError' })
      return answer
    }
    await worker(eventOf([sms('a'), sms('b')]))
    expect(lost).toBeLessThan(0)
    await worker(eventOf([sms('old')]))
    expect(counts()).toEqual({ accepted: 4, recorded: 3, duplicate: 1, arrived: 3, 'status.delivered': 3 })
  })

  test('where a request was refused before anything was written: what is there is a duplicate', async () => {
    const { worker, faults, counts } = await createFaultyWorker()
    await worker(eventOf([sms('a')]))
    let throttled = 1
    faults.answer = async (_, send) => {
      if (throttled-- > 0)
        throw Object.assign(new Error('slow down'), {
          name: 'ProvisionedThroughputExceededException',
          $metadata: { httpStatusCode: 400 },
        })
      return send()
    }
    await worker(eventOf([sms('a')]))
    expect(counts()).toMatchObject({ accepted: 2, recorded: 1, duplicate: 1, 'status.delivered': 1 })
  })

  test('where its first receive came to nothing', async () => {
    const { worker, counts } = await createFaultyWorker()
    await worker(eventOf([sms('a'), sms('b')], 2))
    expect(counts()).toMatchObject({ accepted: 2, recorded: 2 })
  })

  test('where it comes back out of the dead-letter queue', async () => {
    const { worker, faults, counts } = await createFaultyWorker()
    faults.answer = died
    for (const receive of [1, 2]) await worker(eventOf([sms('a')], receive))
    expect(counts()).toEqual({})
    faults.answer = undefined
    await worker(eventOf([sms('a')], 1))
    expect(counts()).toMatchObject({ accepted: 1, recorded: 1 })
  })

  test('where it is replayed, which is counted apart', async () => {
    const { worker, counts } = await createFaultyWorker()
    const broken = callbackOf('a', { message_id: 'a' })
    await worker(eventOf([broken]))
    await worker(eventOf([{ ...broken, replay: true }]))
    await worker(eventOf([{ ...sms('a'), replay: true }]))
    expect(counts()).toEqual({
      accepted: 1,
      quarantined: 1,
      replayed: 2,
      'replayed.quarantined': 1,
      'replayed.recorded': 1,
      arrived: 1,
      'status.delivered': 1,
    })
  })
})

test('a status is counted once, when it is stored, though its message needs several receives', async () => {
  const { worker, ledger, faults, counts } = await createFaultyWorker()
  faults.answer = async (command, send) => {
    const isLast = command instanceof BatchExecuteStatementCommand && (command.input.Statements?.length ?? 0) < 25
    return isLast ? died(command, send) : send()
  }
  expect((await worker(eventOf([campaign(60)]))).batchItemFailures).toHaveLength(1)
  expect(counts()).toEqual({ arrived: 50, 'status.delivered': 50 })
  faults.answer = undefined
  await worker(eventOf([campaign(60)], 2))
  expect(counts()).toEqual({ accepted: 1, recorded: 1, arrived: 60, 'status.delivered': 60 })
  expect(await readLedger(ledger)).toHaveLength(60)
})

describe('of a batch', () => {
  const progressOf = (callback: Partial<Callback>, ...records: StatusRecord[]): Progress => ({
    callback: { ...sms('a'), receivedAt: '2025-01-22T10:01:00.000Z', ...callback },
    records,
    stored: records,
    unmapped: [],
  })
  const recorded = (progress: Progress): Outcome => ({ ...progress, result: 'recorded', ignored: [] })
  const batchOf = (...outcomes: Outcome[]): Batch => ({ outcomes, unfinished: [], returned: [] })
  const NOW = Date.parse('2025-01-22T10:01:30.000Z')

  test('each provider is counted apart', () => {
    const outcomes = [recorded(progressOf({})), recorded(progressOf({ provider: 'telesign' }))]
    expect(countsOf(batchOf(...outcomes), NOW).map(({ dimensions, counts }) => [dimensions, [...counts]])).toEqual([
      [
        { provider: 'octopush' },
        [
          ['accepted', 1],
          ['recorded', 1],
        ],
      ],
      [
        { provider: 'telesign' },
        [
          ['accepted', 1],
          ['recorded', 1],
        ],
      ],
    ])
  })

  test('delays are from the newest status to its arrival, and from there to its end, but of no replay', () => {
    const records = [statusRecord('sent', 0), statusRecord('delivered', 20), statusRecord('read', null)]
    const outcomes = [recorded(progressOf({}, ...records)), recorded(progressOf({ replay: true }, ...records))]
    expect(countsOf(batchOf(...outcomes), NOW)[0]?.delays).toEqual({ providerDelay: [40_000], storeDelay: [30_000] })
  })

  test('what goes back to the queue with nothing stored counts nothing', () => {
    const batch = { outcomes: [], unfinished: [progressOf({})], returned: ['TimeoutError'] }
    expect(countsOf(batch, NOW)).toEqual([])
  })

  test('statuses are counted by channel; channels outside the vocabulary together', () => {
    const records = ['sms', 'pigeon', 'smoke', null].map((channel) => statusRecord('sent', 0, { channel }))
    expect(
      countsOf(batchOf(recorded(progressOf({}, ...records))), NOW)
        .slice(1)
        .map(({ dimensions, counts }) => [dimensions.channel, counts.get('status.sent')]),
    ).toEqual([
      ['sms', 1],
      ['other', 2],
      ['null', 1],
    ])
  })

  test.each([
    ['SEND_OK', 'SEND_OK'],
    ['Left the queue-5', 'Left the queue-5'],
    ['a'.repeat(40), 'a'.repeat(40)],
    ['a'.repeat(41), WITHHELD],
    ['code 12345', 'code 12345'],
    ['33600112233', WITHHELD],
    ['1a2b3c4d5e6', WITHHELD],
    ['a@example.com', WITHHELD],
    ['', WITHHELD],
  ])('the unmapped status %j is named as %j', (word, name) => {
    const batch = batchOf(recorded({ ...progressOf({}), unmapped: [word, word] }))
    expect([...unmappedOf(batch)]).toEqual([[`octopush ${name}`, 2]])
  })
})
