import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Callback } from '../functions/domain/callback.ts'
import { recordKey } from '../functions/domain/key.ts'
import type { StatusRecord } from '../functions/domain/status.ts'
import { insertRows, rowOf } from '../functions/platform/ledger.ts'
import { providers } from '../functions/providers/index.ts'
import { callbackOf } from '../local/fixture-outcome.ts'
import { readFixtures } from '../local/fixtures.ts'
import { statusRecord } from './domain/records.ts'
import { createTestWorker, eventOf, readLedger, useDynamoDb } from './emulators.ts'

const dynamoDb = useDynamoDb()

/** Real callbacks, and others that report something else about the same message at the same moment. */
const callbacks: Callback[] = providers
  .flatMap(({ id }) => readFixtures(id).map(callbackOf))
  .filter(({ requestId }) => !requestId.includes('every-'))
  .flatMap((callback) => [
    callback,
    {
      ...callback,
      requestId: `${callback.requestId}/other`,
      body: callback.body.replace(/(Delivered|Zoë|Template|List) ?\w*/, 'Other'),
    },
  ])

/** Deals callbacks, some of them several times, into batches; each copy with an arrival of its own. */
const delivery = fc
  .array(fc.tuple(fc.nat(callbacks.length - 1), fc.integer({ min: 1, max: 3 })), { minLength: 1, maxLength: 40 })
  .chain((picks) => {
    const copies = picks.flatMap(([index, times]) => Array.from({ length: times }, () => callbacks[index] as Callback))
    const arrange = fc.tuple(
      fc.shuffledSubarray(copies, { minLength: copies.length }),
      fc.integer({ min: 1, max: 20 }),
      fc.nat(1_000_000),
    )
    return fc.tuple(arrange, arrange)
  })

async function ledgerAfter([order, batchSize, start]: [Callback[], number, number]) {
  const { worker, ledger } = await createTestWorker(dynamoDb)
  for (let at = 0; at < order.length; at += batchSize) {
    const batch = order.slice(at, at + batchSize).map((callback, index) => ({
      ...callback,
      receivedAt: new Date(Date.UTC(2026, 0, 1) + start + at + index).toISOString(),
    }))
    expect(await worker(eventOf(batch))).toEqual({ batchItemFailures: [] })
  }
  return readLedger(ledger)
}

test('any permutation, duplication and batching of callbacks leaves the same ledger', async () => {
  await fc.assert(
    fc.asyncProperty(delivery, async ([one, other]) => {
      expect(await ledgerAfter(other)).toEqual(await ledgerAfter(one))
    }),
    { numRuns: 40 },
  )
}, 120_000)

test('all callbacks twice, in both directions, leave the rows that their records say', async () => {
  const forward = await ledgerAfter([[...callbacks, ...callbacks], 100, 0])
  const backward = await ledgerAfter([[...callbacks, ...callbacks].reverse(), 7, 5])
  expect(backward).toEqual(forward)
  expect(forward.length).toBeGreaterThan(100)
}, 60_000)

test('the first write of a key wins, the time of arrival included', async () => {
  const ledger = await dynamoDb.newTable()
  const record = { ...sample, receivedAt: '2026-01-01T00:00:00.000Z' }
  const insert = async (receivedAt: string) => {
    const row = rowOf(ledger, recordKey(record, null), { ...record, receivedAt })
    await insertRows(ledger, [row])
    return row.fate
  }
  expect(await insert('2026-01-01T00:00:02.000Z')).toBe('recorded')
  expect(await insert('2026-01-01T00:00:01.000Z')).toBe('duplicate')
})

test('a record with a key that is longer than every DynamoDB takes is refused before it is sent', async () => {
  const ledger = await dynamoDb.newTable()
  const withKey = (length: number) =>
    rowOf(ledger, recordKey(sample, null), { ...sample, details: { ['k'.repeat(length)]: 1 } })
  expect(() => withKey(50_001)).toThrow('expected keys of at most 50000 bytes')
  const row = withKey(50_000)
  await insertRows(ledger, [row])
  expect(row.fate).toBe('recorded')
})

test('a row that DynamoDB can never take is refused, the others of its request are stored', async () => {
  const ledger = await dynamoDb.newTable()
  const row = (part: Partial<StatusRecord>) =>
    rowOf(ledger, recordKey({ ...sample, ...part }, null), { ...sample, ...part })
  const bad = [
    row({ details: { text: 'x'.repeat(420_000) } }),
    row({ recipient: 'r'.repeat(1_100) }),
    row({ messageId: 'm'.repeat(2_100) }),
    row({ details: { number: 1e300 } }),
  ]
  const good = Array.from({ length: 30 }, (_, part) => row({ part }))
  await insertRows(ledger, [...good.slice(0, 10), ...bad, ...good.slice(10)])
  expect(bad.map(({ fate, cause }) => `${fate} ${cause}`)).toEqual(
    bad.map(() => expect.stringMatching(/^refused DynamoDB: ./)),
  )
  expect(bad[0]?.cause).toContain('size')
  expect(good.map(({ fate }) => fate)).toEqual(good.map(() => 'recorded'))
  expect(await readLedger(ledger)).toHaveLength(30)
})

test('rows fail, and are not refused, where the table cannot be reached', async () => {
  const ledger = { ...(await dynamoDb.newTable()), name: 'no-such-table' }
  const rows = [rowOf(ledger, recordKey(sample, null), sample)]
  await insertRows(ledger, rows)
  expect(rows[0]).toMatchObject({ fate: 'failed', cause: expect.stringContaining('ResourceNotFound') })
})

const sample = statusRecord('delivered', 2_766, {
  messageId: 'sms_1',
  recipient: '+33600112233',
  receivedAt: '2026-01-01T00:00:00.000Z',
})
