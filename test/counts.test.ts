import { BatchExecuteStatementCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { describe, expect, test } from 'vitest'
import type { Callback } from '../functions/domain/callback.ts'
import { countsOf } from '../functions/platform/counts.ts'
import type { Table } from '../functions/platform/table.ts'
import { providers } from '../functions/providers/index.ts'
import { createWorker } from '../functions/worker/worker.ts'
import { callbackWith } from './callbacks.ts'
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
