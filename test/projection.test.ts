import { type DynamoDBClient, UpdateItemCommand } from '@aws-sdk/client-dynamodb'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { deliveriesOf } from '../functions/domain/delivery.ts'
import type { Expectation } from '../functions/domain/expectation.ts'
import type { Key, LedgerRow } from '../functions/domain/key.ts'
import { messageKey } from '../functions/domain/key.ts'
import { STATUSES, type Status } from '../functions/domain/status.ts'
import type { Deliveries } from '../functions/platform/delivery-table.ts'
import { assignmentOf, itemOf } from '../functions/platform/item.ts'
import { insertRows, rowOf as storedRow } from '../functions/platform/ledger.ts'
import { project } from '../functions/platform/projection.ts'
import { state } from '../functions/platform/state-expectation.ts'
import type { Table } from '../functions/platform/table.ts'
import { rowOf, statusRecord } from './domain/records.ts'
import { readAll, useDynamoDb } from './emulators.ts'

const { newTable, newDeliveries } = useDynamoDb()

const recipients = [null, '+33600112233']

const anyRows = fc.uniqueArray(
  fc
    .record({
      messageId: fc.constantFrom('one', 'two'),
      recipient: fc.constantFrom(...recipients),
      status: fc.constantFrom(...(Object.keys(STATUSES) as Status[])),
      channel: fc.constantFrom(null, 'sms', 'rcs'),
      seconds: fc.option(fc.nat(5)),
    })
    .map(({ seconds, status, ...more }) => rowOf(statusRecord(status, seconds, more))),
  { minLength: 1, maxLength: 12, selector: ({ sk, record }) => record.messageId + sk },
)

let runs = 0

/** The rows, as those of messages that no other run has. */
function ofOneRun(rows: readonly LedgerRow[]): LedgerRow[] {
  const run = ++runs
  return rows.map(({ sk, record }) => ({ sk, record: { ...record, messageId: `${run} ${record.messageId}` } }))
}

const keyOf = ({ sk, record }: LedgerRow): Key => ({ pk: messageKey(record.provider, record.messageId), sk })

const insert = (ledger: Table, rows: readonly LedgerRow[]) =>
  insertRows(
    ledger,
    rows.map((row) => storedRow(ledger, keyOf(row), row.record)),
  )

/** What the table must say, by the rows alone. */
const expected = (rows: readonly LedgerRow[]) =>
  [...Map.groupBy(rows, ({ record }) => record.messageId)]
    .flatMap(([messageId, own]) =>
      deliveriesOf(own).map(({ history, ...delivery }) => ({ messageId, ...delivery, records: history.length })),
    )
    .map((delivery) => JSON.stringify(delivery))
    .toSorted()

const kept = async (deliveries: Deliveries, rows: readonly LedgerRow[]) =>
  (await readAll(deliveries))
    .filter(({ messageId }) => rows.some(({ record }) => record.messageId === messageId))
    .map(({ messageId, recipient = null, part = null, channel = null, status, final, statusAt, records }) =>
      JSON.stringify({ messageId, recipient, part, channel, status, final, statusAt, records }),
    )
    .toSorted()

/** A table, the so-manieth request to which fails, before it is made or after. */
function failingOnce<T extends Table>(table: T, at: number, isAfter: boolean): T {
  let requests = 0
  const send = async (command: never) => {
    const fails = requests++ === at
    if (fails && !isAfter) throw new Error('lost')
    const answer = await table.client.send(command)
    if (fails) throw new Error('lost')
    return answer
  }
  return { ...table, client: Object.assign(Object.create(table.client), { send }) as DynamoDBClient }
}

describe('the deliveries are the fold of the ledger', () => {
  test('in whatever order rows come, and are followed, by two at once', async () => {
    const [ledger, deliveries] = await Promise.all([newTable(), newDeliveries()])
    await fc.assert(
      fc.asyncProperty(anyRows, fc.gen(), async (any, gen) => {
        const rows = ofOneRun(any)
        const order = gen(fc.shuffledSubarray, rows, { minLength: rows.length })
        const work = async (row: LedgerRow) => {
          await insert(ledger, [row])
          await Promise.all([1, 2].map(() => project(deliveries, ledger, keyOf(row))))
        }
        await Promise.all(order.map(work))
        expect(await kept(deliveries, rows)).toEqual(expected(rows))
      }),
      { numRuns: 15 },
    )
  })

  test('though a follower ends at any point, and the batch comes again', async () => {
    const [ledger, deliveries] = await Promise.all([newTable(), newDeliveries()])
    await fc.assert(
      fc.asyncProperty(anyRows, fc.nat(6), fc.boolean(), async (any, at, isAfter) => {
        const rows = ofOneRun(any)
        for (const row of rows) {
          await insert(ledger, [row])
          await project(failingOnce(deliveries, at, isAfter), failingOnce(ledger, at, isAfter), keyOf(row)).catch(() =>
            project(deliveries, ledger, keyOf(row)),
          )
        }
        expect(await kept(deliveries, rows)).toEqual(expected(rows))
      }),
      { numRuns: 15 },
    )
  })
})

/** A table whose answers to the first request are held back until the gate opens. */
function heldBack<T extends Table>(table: T, gate: Promise<unknown>): T {
  let requests = 0
  const send = async (command: never) => {
    const isFirst = requests++ === 0
    const answer = await table.client.send(command)
    if (isFirst) await gate
    return answer
  }
  return { ...table, client: Object.assign(Object.create(table.client), { send }) as DynamoDBClient }
}

test('a projection that has seen less does not take the place of one that has seen more', async () => {
  const [ledger, deliveries] = await Promise.all([newTable(), newDeliveries()])
  const [sent, delivered] = [statusRecord('sent', 0), statusRecord('delivered', 4)].map((record) => rowOf(record))
  const gate = Promise.withResolvers<void>()
  await insert(ledger, [sent as LedgerRow])
  const late = project(deliveries, heldBack(ledger, gate.promise), keyOf(sent as LedgerRow))
  // The first request is under way.
  await new Promise((resolve) => setTimeout(resolve, 100))
  await insert(ledger, [delivered as LedgerRow])
  await project(deliveries, ledger, keyOf(delivered as LedgerRow))
  gate.resolve()
  await late
  expect(await readAll(deliveries)).toMatchObject([{ status: 'delivered', records: 2 }])
})

test('a projection of the same rows takes the place of the one before, so that what follows it can follow again', async () => {
  const [ledger, deliveries] = await Promise.all([newTable(), newDeliveries()])
  const row = rowOf(statusRecord('delivered', 0))
  await insert(ledger, [row])
  const results = [await project(deliveries, ledger, keyOf(row)), await project(deliveries, ledger, keyOf(row))]
  expect(results).toMatchObject([
    { before: undefined, summary: { status: 'delivered' } },
    { before: { status: 'delivered' }, summary: { status: 'delivered' } },
  ])
})

describe('a history that expires', () => {
  const expire = (ledger: Table, { sk, record }: LedgerRow, seconds: number | null) =>
    ledger.client.send(
      new UpdateItemCommand({
        TableName: ledger.name,
        Key: itemOf({ ...keyOf({ sk, record }) }),
        ...assignmentOf({ expiresAt: seconds, touched: true }),
      }),
    )

  test('is written again though it has become shorter', async () => {
    const [table, deliveries] = await Promise.all([newTable(), newDeliveries()])
    const ledger = { ...table, retentionDays: 1 }
    const rows = [statusRecord('sent', 0), statusRecord('delivered', 4)].map((record) => rowOf(record))
    const [sent, delivered] = rows as [LedgerRow, LedgerRow]
    await insert(ledger, rows)
    await project(deliveries, ledger, keyOf(sent))
    const tomorrow = Date.now() + 25 * 3_600_000
    await expire(ledger, sent, Math.floor(Date.now() / 1_000) - 1)
    expect(await project(deliveries, ledger, keyOf(delivered), tomorrow)).toMatchObject({ summary: { records: 1 } })
  })

  test('keeps its delivery when its rows expire no more', async () => {
    const [table, deliveries] = await Promise.all([newTable(), newDeliveries()])
    const ledger = { ...table, retentionDays: 1 }
    const row = rowOf(statusRecord('delivered', 0))
    await insert(ledger, [row])
    await project(deliveries, ledger, keyOf(row))
    expect(await readAll(deliveries)).toMatchObject([{ expiresAt: expect.any(Number) }])
    await expire(ledger, row, null)
    await project(deliveries, ledger, keyOf(row))
    expect((await readAll(deliveries))[0]).not.toHaveProperty('expiresAt')
  })
})

test('texts that each fit into a record fit into its delivery together', async () => {
  const [ledger, deliveries] = await Promise.all([newTable(), newDeliveries()])
  const rows = [
    statusRecord('sent', 0, { reference: 'x'.repeat(150_000) }),
    statusRecord('failed', 4, { error: { code: null, message: 'x'.repeat(300_000) } }),
  ].map((record) => rowOf(record))
  await insert(ledger, rows)
  await project(deliveries, ledger, keyOf(rows[0] as LedgerRow))
  expect(await readAll(deliveries)).toMatchObject([{ status: 'failed', reference: 'x'.repeat(2_000) }])
})

describe('an expectation', () => {
  const expectation: Expectation = {
    provider: 'octopush',
    account: null,
    messageId: 'one',
    recipient: null,
    part: null,
    reference: 'order-1',
    campaign: null,
    channel: null,
    sentAt: '2025-01-22T09:00:00.000Z',
    patience: null,
    statedAt: '2025-01-22T09:00:01.000Z',
  }
  const rows = [statusRecord('sent', 4, { messageId: 'one', recipient: '33600112233' })].map((record) => rowOf(record))

  test('that is stated while a projection is under way is not missed', async () => {
    const [ledger, deliveries] = await Promise.all([newTable(), newDeliveries()])
    await insert(ledger, rows)
    const gate = Promise.withResolvers<void>()
    // It has read that there is no expectation, and has not written yet.
    const late = project(heldBack(deliveries, gate.promise), ledger, keyOf(rows[0] as LedgerRow), 0)
    await new Promise((resolve) => setTimeout(resolve, 100))
    await state(deliveries, ledger, expectation, 0)
    gate.resolve()
    await late
    expect(await readAll(deliveries)).toMatchObject([{ reference: 'order-1', status: 'sent' }, { isMet: true }])
  })

  test('does not match a callback without a recipient where there are several for different recipients', async () => {
    const [ledger, deliveries] = await Promise.all([newTable(), newDeliveries()])
    for (const recipient of ['+33600112233', '+33600112244'])
      await state(deliveries, ledger, { ...expectation, recipient, reference: `of ${recipient}` }, 0)
    const row = rowOf(statusRecord('sent', 4, { messageId: 'one' }))
    await insert(ledger, [row])
    await project(deliveries, ledger, keyOf(row), 0)
    const [delivery, ...stated] = await readAll(deliveries)
    expect(delivery).not.toHaveProperty('reference')
    expect(stated.map(({ isMet }) => isMet)).toEqual([undefined, undefined])
  })

  test('of one recipient among many is found', async () => {
    const [ledger, deliveries] = await Promise.all([newTable(), newDeliveries()])
    const others = Array.from({ length: 40 }, (_, index) => `+336001199${String(index).padStart(2, '0')}`)
    for (const recipient of ['+33600112233', ...others])
      await state(deliveries, ledger, { ...expectation, recipient, reference: `of ${recipient}` }, 0)
    await insert(ledger, rows)
    await project(deliveries, ledger, keyOf(rows[0] as LedgerRow), 0)
    const [delivery, ...stated] = await readAll(deliveries)
    expect(delivery).toMatchObject({ reference: 'of +33600112233', status: 'sent' })
    expect(stated.filter(({ isMet }) => isMet)).toHaveLength(1)
  })

  test.each([[null], ['+33600112233'], ['tel:0033 600 11 22 33']])(
    'of the recipient %s leaves the same rows, whether it or the callback comes first, or both at once',
    async (recipient) => {
      const own = { ...expectation, recipient }
      const steps = (ledger: Table, deliveries: Deliveries) => [
        async () => {
          await insert(ledger, rows)
          for (const row of rows) await project(deliveries, ledger, keyOf(row), 0)
        },
        () => state(deliveries, ledger, own, 0),
      ]
      const results = []
      for (const order of ['as they are', 'reversed', 'at once']) {
        const [ledger, deliveries] = await Promise.all([newTable(), newDeliveries()])
        const all = steps(ledger, deliveries)
        if (order === 'at once') await Promise.all(all.map((step) => step()))
        else for (const step of order === 'reversed' ? all.toReversed() : all) await step()
        results.push((await readAll(deliveries)).map(({ version, ...row }) => row))
      }
      expect(results[0]).toHaveLength(2)
      expect(results[0]?.[0]).toMatchObject({
        recipient: '33600112233',
        reference: 'order-1',
        status: 'sent',
        records: 1,
      })
      expect(results[0]?.[1]).toMatchObject({ isMet: true })
      expect(results[1]).toEqual(results[0])
      expect(results[2]).toEqual(results[0])
    },
  )
})
