import { describe, expect, test } from 'vitest'
import type { Expectation } from '../functions/domain/expectation.ts'
import { messageKey } from '../functions/domain/key.ts'
import type { Status, StatusRecord } from '../functions/domain/status.ts'
import type { Summary } from '../functions/domain/summary.ts'
import type { Deliveries } from '../functions/platform/delivery-table.ts'
import { insertRows, rowOf as storedRow } from '../functions/platform/ledger.ts'
import { project } from '../functions/platform/projection.ts'
import { state } from '../functions/platform/state-expectation.ts'
import { sweep } from '../functions/platform/sweep.ts'
import type { Table } from '../functions/platform/table.ts'
import { createSweeper } from '../functions/sweeper/sweeper.ts'
import { rowOf, statusRecord } from './domain/records.ts'
import { readAll, recordingTelemetry, useDynamoDb } from './emulators.ts'

const { newTable, newDeliveries } = useDynamoDb()

const HOUR = 3_600_000
const PATIENCE = 72 * HOUR

/** When the first record of `statusRecord` arrives. */
const BEGIN = Date.UTC(2025, 0, 22, 10) + 500

const newTables = async (patience = {}) => {
  const [ledger, deliveries] = await Promise.all([newTable(), newDeliveries()])
  return { ledger, deliveries: { ...deliveries, patience: { ...deliveries.patience, ...patience } } }
}

type Tables = { ledger: Table; deliveries: Deliveries }

/** Stores a record, and follows it, at a moment. */
async function report({ ledger, deliveries }: Tables, status: Status, now: number, more: Partial<StatusRecord> = {}) {
  const row = rowOf(statusRecord(status, (now - BEGIN) / 1000, more))
  const key = { pk: messageKey(row.record.provider, row.record.messageId), sk: row.sk }
  await insertRows(ledger, [storedRow(ledger, key, row.record)])
  return project(deliveries, ledger, key, now)
}

/** The message ids of what a sweep finds. */
async function sweepAt({ deliveries }: Tables, now: number, deadline?: number): Promise<string[]> {
  const found: Summary[] = []
  await sweep(deliveries, (delivery) => found.push(delivery), { now, ...(deadline !== undefined && { deadline }) })
  return found.map(({ messageId }) => messageId).toSorted()
}

const overdueSince = async ({ deliveries }: Tables) =>
  (await readAll(deliveries)).filter(({ records }) => records !== undefined).map((row) => row.overdueSince)

describe('a delivery that is not final', () => {
  test('is overdue once its patience is over, and is found once', async () => {
    const tables = await newTables()
    await report(tables, 'sent', BEGIN)
    expect(await sweepAt(tables, BEGIN + PATIENCE - 1)).toEqual([])
    expect(await sweepAt(tables, BEGIN + PATIENCE)).toEqual(['id'])
    expect(await sweepAt(tables, BEGIN + PATIENCE + 1)).toEqual([])
    expect(await overdueSince(tables)).toEqual(['2025-01-25T10:00:00.500Z'])
  })

  test('is found once by sweeps that run at once', async () => {
    const tables = await newTables()
    await Promise.all(['a', 'b', 'c'].map((messageId) => report(tables, 'sent', BEGIN, { messageId })))
    const found = await Promise.all([1, 2, 3].map(() => sweepAt(tables, BEGIN + PATIENCE)))
    expect(found.flat().toSorted()).toEqual(['a', 'b', 'c'])
  })

  test('stays overdue while it only progresses, and is so no more when it is final', async () => {
    const tables = await newTables()
    await report(tables, 'queued', BEGIN)
    await sweepAt(tables, BEGIN + PATIENCE)
    const progress = await report(tables, 'sent', BEGIN + PATIENCE + 1_000)
    expect(progress).toMatchObject({ summary: { overdueSince: '2025-01-25T10:00:00.500Z' }, isNewlyOverdue: false })
    expect(await sweepAt(tables, BEGIN + PATIENCE + HOUR)).toEqual([])
    await report(tables, 'delivered', BEGIN + PATIENCE + 2_000)
    expect(await overdueSince(tables)).toEqual([undefined])
    expect(await readAll(tables.deliveries)).toEqual(
      expect.arrayContaining([expect.not.objectContaining({ overdueKey: expect.anything() })]),
    )
  })

  test('is overdue at once where its first callback is received after the sweep of its hour', async () => {
    const tables = await newTables()
    const row = rowOf(statusRecord('sent', 0))
    const key = { pk: messageKey('octopush', 'id'), sk: row.sk }
    await insertRows(tables.ledger, [storedRow(tables.ledger, key, row.record)])
    const now = BEGIN + 2 * PATIENCE
    await sweepAt(tables, now)
    expect(await project(tables.deliveries, tables.ledger, key, now)).toMatchObject({ isNewlyOverdue: true })
    expect(await project(tables.deliveries, tables.ledger, key, now)).toMatchObject({ isNewlyOverdue: false })
  })

  test.each([
    ['its provider', { octopush: 1 }, 1],
    ['its provider and channel', { octopush: 1, 'octopush/sms': 2 }, 2],
  ])('has the patience of %s', async (_, patience, hours) => {
    const tables = await newTables(patience)
    await report(tables, 'sent', BEGIN)
    expect(await sweepAt(tables, BEGIN + hours * HOUR - 1)).toEqual([])
    expect(await sweepAt(tables, BEGIN + hours * HOUR)).toEqual(['id'])
  })

  test('is never overdue where patience is null', async () => {
    const tables = await newTables({ octopush: null })
    await report(tables, 'sent', BEGIN)
    expect(await sweepAt(tables, BEGIN + 100 * PATIENCE)).toEqual([])
  })

  test('has its patience anew on the channel that it falls back to', async () => {
    const tables = await newTables()
    await report(tables, 'sent', BEGIN, { channel: 'rcs' })
    await report(tables, 'expired', BEGIN + HOUR, { channel: 'rcs' })
    await report(tables, 'sent', BEGIN + 2 * HOUR)
    expect(await sweepAt(tables, BEGIN + PATIENCE + HOUR)).toEqual([])
    expect(await sweepAt(tables, BEGIN + PATIENCE + 2 * HOUR)).toEqual(['id'])
  })
})

describe('the sweep', () => {
  test('catches up with all that became overdue while it did not run', async () => {
    const tables = await newTables()
    await sweepAt(tables, BEGIN)
    for (let day = 0; day < 5; day++) await report(tables, 'sent', BEGIN + day * 24 * HOUR, { messageId: String(day) })
    expect(await sweepAt(tables, BEGIN + PATIENCE + 5 * 24 * HOUR)).toEqual(['0', '1', '2', '3', '4'])
  })

  test('leaves to the next one what it has no time for', async () => {
    const tables = await newTables({ default: 1 })
    await report(tables, 'sent', BEGIN)
    await sweepAt(tables, BEGIN)
    expect(await sweepAt(tables, BEGIN + 2 * HOUR, 0)).toEqual([])
    expect(await sweepAt(tables, BEGIN + 2 * HOUR)).toEqual(['id'])
  })

  test('counts what it found, also where it fails then', async () => {
    const tables = await newTables({ default: 0 })
    const now = Date.now()
    await sweepAt(tables, now)
    await report(tables, 'sent', now - 2_000, { receivedAt: new Date(now + 3_000).toISOString() })
    const telemetry = recordingTelemetry()
    const send = async (command: object) => {
      if (JSON.stringify(command).includes('SET sweptUntil')) throw new Error('lost')
      return tables.deliveries.client.send(command as never)
    }
    const client = Object.assign(Object.create(tables.deliveries.client), { send })
    await new Promise((resolve) => setTimeout(resolve, now + 3_100 - Date.now()))
    await expect(createSweeper({ deliveries: { ...tables.deliveries, client }, telemetry })()).rejects.toThrow('lost')
    expect(telemetry.deliveries).toEqual([{ provider: 'octopush', isNew: false, isNewlyOverdue: true }])
  })
})

describe('a message that nobody reports', () => {
  const expectation: Expectation = {
    provider: 'octopush',
    account: null,
    messageId: 'id',
    recipient: '+33600112233',
    part: null,
    reference: 'order-1',
    campaign: null,
    channel: 'sms',
    sentAt: new Date(BEGIN).toISOString(),
    patience: 60,
    statedAt: new Date(BEGIN).toISOString(),
  }

  test('is overdue after the patience that its sender has', async () => {
    const tables = await newTables()
    await state(tables.deliveries, tables.ledger, expectation, BEGIN)
    expect(await sweepAt(tables, BEGIN + 59_999)).toEqual([])
    expect(await sweepAt(tables, BEGIN + 60_000)).toEqual(['id'])
    expect(await readAll(tables.deliveries)).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ reference: 'order-1', overdueSince: '2025-01-22T10:01:00.500Z' }),
      ]),
    )
  })

  test('is overdue at once, and once, where it is stated later than that', async () => {
    const tables = await newTables()
    const later = { ...expectation, statedAt: new Date(BEGIN + HOUR).toISOString() }
    expect(await state(tables.deliveries, tables.ledger, later, BEGIN + HOUR)).toMatchObject({ isNewlyOverdue: true })
    expect(await sweepAt(tables, BEGIN + HOUR)).toEqual([])
  })

  test('is overdue once, however often it is stated, and though it then progresses', async () => {
    const tables = await newTables()
    const at = (minutes: number) => ({ ...expectation, statedAt: new Date(BEGIN + minutes * 60_000).toISOString() })
    const stated = []
    for (const minutes of [10, 20, 30])
      stated.push(await state(tables.deliveries, tables.ledger, at(minutes), BEGIN + minutes * 60_000))
    expect(stated.map(({ isNewlyOverdue }) => isNewlyOverdue)).toEqual([true, false, false])
    const progress = await report(tables, 'sent', BEGIN + HOUR, { recipient: '+33600112233' })
    expect(progress).toMatchObject({ summary: { overdueSince: '2025-01-22T10:01:00.500Z' }, isNewlyOverdue: false })
  })

  test('is no more overdue when it is reported as final', async () => {
    const tables = await newTables()
    await state(tables.deliveries, tables.ledger, expectation, BEGIN)
    await sweepAt(tables, BEGIN + HOUR)
    await report(tables, 'delivered', BEGIN + 2 * HOUR, { recipient: '33600112233' })
    const rows = (await readAll(tables.deliveries)).filter(({ pk }) => pk !== 'sweep')
    expect(rows.map(({ overdueSince, overdueKey }) => [overdueSince, overdueKey])).toEqual([
      [undefined, undefined],
      [undefined, undefined],
    ])
  })
})
