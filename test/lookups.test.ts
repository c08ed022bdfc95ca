import { BatchGetItemCommand, type DynamoDBClient, QueryCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb'
import pMap from 'p-map'
import { beforeAll, describe, expect, test } from 'vitest'
import { messageKey } from '../functions/domain/key.ts'
import type { StatusRecord } from '../functions/domain/status.ts'
import type { Summary } from '../functions/domain/summary.ts'
import type { Deliveries } from '../functions/platform/delivery-table.ts'
import { itemOf } from '../functions/platform/item.ts'
import { insertRows, rowOf as storedRow } from '../functions/platform/ledger.ts'
import { type Entry, findDeliveries, LookupOff, type Question, readRows } from '../functions/platform/lookups.ts'
import { project } from '../functions/platform/projection.ts'
import { state } from '../functions/platform/state-expectation.ts'
import type { Table } from '../functions/platform/table.ts'
import { rowOf, statusRecord } from './domain/records.ts'
import { readAll, useDynamoDb } from './emulators.ts'

const { newTable, newDeliveries } = useDynamoDb()

const NEVER_DUE = { default: null }

/** A table of deliveries whose records are these. */
async function deliveriesWith(records: readonly StatusRecord[], patience: Deliveries['patience'] = NEVER_DUE) {
  const [ledger, made] = await Promise.all([newTable(), newDeliveries()])
  const deliveries = { ...made, patience }
  await keep(ledger, deliveries, records)
  return { ledger, deliveries }
}

async function keep(ledger: Table, deliveries: Deliveries, records: readonly StatusRecord[]) {
  const rows = records.map((record) => ({
    key: { pk: messageKey(record.provider, record.messageId), sk: rowOf(record).sk },
    record,
  }))
  await insertRows(
    ledger,
    rows.map(({ key, record }) => storedRow(ledger, key, record)),
  )
  await pMap(rows, ({ key }) => project(deliveries, ledger, key), { concurrency: 16 })
}

/** All pages of an answer. */
async function allPages(deliveries: Deliveries, question: Question, limit: number): Promise<Summary[]> {
  const found: Summary[] = []
  let after: string | undefined
  do {
    const { summaries, next } = await findDeliveries(deliveries, question, limit, after)
    expect(summaries.length).toBeLessThanOrEqual(limit)
    if (next !== null) expect(summaries).toHaveLength(limit)
    found.push(...summaries)
    after = next ?? undefined
  } while (after !== undefined)
  return found
}

/** The same table, whose requests go through `send`. */
const through = (deliveries: Deliveries, send: (command: object, pass: () => Promise<unknown>) => Promise<unknown>) => {
  const pass = (command: object) => send(command, () => deliveries.client.send(command as never))
  return {
    ...deliveries,
    client: Object.assign(Object.create(deliveries.client), { send: pass }) as DynamoDBClient,
  }
}

const idsOf = (summaries: readonly Summary[]) => summaries.map(({ messageId }) => messageId)

const SMS = { recipient: '+33600112233', reference: 'order-1', campaign: 'summer' }

describe('a delivery is found by', () => {
  let deliveries: Deliveries
  beforeAll(async () => {
    const other = { recipient: '+33600112234', reference: 'order-2', campaign: 'winter' }
    const bed = await deliveriesWith(
      [
        statusRecord('undelivered', 0, { messageId: 'failed', ...SMS }),
        statusRecord('sent', 1, { messageId: 'open', ...SMS }),
        statusRecord('undelivered', 86_400, { messageId: 'failed the day after', ...other }),
        statusRecord('rejected', 0, { messageId: 'rejected', ...other }),
        statusRecord('undelivered', 0, { messageId: 'of another provider', provider: 'nifteem', ...other }),
        statusRecord('sent', 0, { messageId: 'open, too', provider: 'nifteem', ...other }),
      ],
      { default: 1 },
    )
    deliveries = bed.deliveries
    await state(deliveries, bed.ledger, {
      ...SMS,
      provider: 'octopush',
      account: null,
      messageId: 'expected',
      part: null,
      channel: null,
      sentAt: '2025-01-22T09:00:00.000Z',
      statedAt: '2025-01-22T09:00:00.000Z',
      patience: null,
    })
  })

  test.each<[string, Question, string[]]>([
    ['its recipient', { recipient: '+33600112233' }, ['open', 'failed', 'expected']],
    ['its recipient in another spelling', { recipient: 'tel:0033 6 00 11 22 33' }, ['open', 'failed', 'expected']],
    ['its reference', { reference: 'order-1' }, ['open', 'failed', 'expected']],
    ['its campaign', { campaign: 'summer' }, ['open', 'failed', 'expected']],
    ['the day of its failure', { provider: 'octopush', status: 'undelivered', day: '2025-01-22' }, ['failed']],
    ['being overdue', { overdue: true, provider: 'octopush' }, ['open', 'expected']],
    ['nothing of the kind', { reference: 'order-3' }, []],
  ])('%s', async (_, question, ids) => {
    expect(idsOf(await allPages(deliveries, question, 100))).toEqual(ids)
  })

  test('what was only expected, without a status', async () => {
    const { summaries } = await findDeliveries(deliveries, { reference: 'order-1' }, 10)
    expect(summaries.at(-1)).toMatchObject({ messageId: 'expected', status: null, final: false, records: 0, ...SMS })
  })
})

describe('pages hold each delivery once, newest first', () => {
  const count = 48
  const records = (seconds: (index: number) => number) =>
    Array.from({ length: count }, (_, index) =>
      statusRecord('undelivered', seconds(index), { messageId: String(index), ...SMS }),
    )
  const failed: Question = { provider: 'octopush', status: 'undelivered', day: '2025-01-22' }

  test.each<[string, (index: number) => number]>([
    ['of one moment', () => 0],
    ['of a few moments', (index) => index % 3],
    ['of as many moments', (index) => (index * 7) % count],
  ])('%s', async (_, seconds) => {
    const { deliveries } = await deliveriesWith(records(seconds))
    for (const question of [{ campaign: 'summer' }, { reference: 'order-1' }, failed])
      for (const limit of [1, 7, count, 1_000]) {
        const found = await allPages(deliveries, question, limit)
        expect(new Set(idsOf(found)).size).toBe(count)
        expect(found).toHaveLength(count)
        const times = found.map(({ statusAt }) => statusAt)
        expect(times).toEqual(times.toSorted().toReversed())
      }
  })

  test('and cost as many reads, however many there are', async () => {
    const { ledger, deliveries } = await deliveriesWith(records((index) => index).slice(0, 20))
    const readsOf = async (question: Question) => {
      let reads = 0
      const counting = through(deliveries, async (command, pass) => {
        const answer = (await pass()) as { Items?: unknown[] }
        reads += command instanceof BatchGetItemCommand ? keysOf(command).length : (answer.Items?.length ?? 0)
        return answer
      })
      expect((await findDeliveries(counting, question, 10)).summaries).toHaveLength(10)
      return reads
    }
    await keep(ledger, deliveries, records((index) => index).slice(20))
    for (const question of [{ campaign: 'summer' }, { reference: 'order-1' }, failed])
      expect(await readsOf(question)).toBeLessThanOrEqual(10 + 10 + 10 * 6)
  })
})

const keysOf = (command: BatchGetItemCommand) => Object.values(command.input.RequestItems ?? {})[0]?.Keys ?? []

test('a page ends before it is more than a function may answer', async () => {
  const error = { code: null, message: '"'.repeat(100_000) }
  const records = Array.from({ length: 30 }, (_, index) =>
    statusRecord('undelivered', index, { messageId: String(index), ...SMS }),
  )
  const { deliveries } = await deliveriesWith(records)
  // As rows of an earlier version are, whose texts were not cut.
  for (const { pk, sk } of await readAll(deliveries))
    await deliveries.client.send(
      new UpdateItemCommand({
        TableName: deliveries.name,
        Key: itemOf({ pk, sk }),
        UpdateExpression: 'SET #error = :error',
        ExpressionAttributeNames: { '#error': 'error' },
        ExpressionAttributeValues: itemOf({ ':error': error }),
      }),
    )
  const sizes: number[] = []
  let after: string | undefined
  do {
    const { summaries, next } = await findDeliveries(deliveries, { campaign: 'summer' }, 1_000, after)
    sizes.push(summaries.length)
    expect(Buffer.byteLength(JSON.stringify({ body: JSON.stringify(summaries) }))).toBeLessThan(6_000_000)
    after = next ?? undefined
  } while (after !== undefined)
  expect(sizes).toEqual([12, 12, 6])
})

describe('a page is full, but for', () => {
  const three = () => [0, 1, 2].map((index) => statusRecord('failed', index, { messageId: String(index), ...SMS }))

  test('what has expired', async () => {
    const { deliveries } = await deliveriesWith(three())
    const { summaries, next } = await findDeliveries(deliveries, { reference: 'order-1' }, 1)
    expect([idsOf(summaries), next]).toEqual([['2'], expect.any(String)])
    const { client, name } = deliveries
    const [first] = (
      await client.send(
        new QueryCommand({
          TableName: name,
          KeyConditionExpression: 'pk = :pk',
          ExpressionAttributeValues: { ':pk': { S: 'octopush#2' } },
        }),
      )
    ).Items ?? [{}]
    await client.send(
      new UpdateItemCommand({
        TableName: name,
        Key: { pk: first?.pk, sk: first?.sk } as never,
        UpdateExpression: 'SET expiresAt = :past',
        ExpressionAttributeValues: { ':past': { N: '1' } },
      }),
    )
    expect(idsOf((await findDeliveries(deliveries, { reference: 'order-1' }, 2)).summaries)).toEqual(['1', '0'])
  })

  test('what no longer answers the question when it is read', async () => {
    const { ledger, deliveries } = await deliveriesWith(three())
    const changing = through(deliveries, async (command, pass) => {
      if (command instanceof BatchGetItemCommand)
        await keep(ledger, deliveries, [statusRecord('delivered', 3, { messageId: '1', ...SMS })])
      return pass()
    })
    const question: Question = { provider: 'octopush', status: 'failed', day: '2025-01-22' }
    expect(idsOf((await findDeliveries(changing, question, 2)).summaries)).toEqual(['2', '0'])
  })

  test('nothing that DynamoDB leaves for later', async () => {
    const { deliveries } = await deliveriesWith(three())
    const stingy = through(deliveries, (command, pass) => {
      if (!(command instanceof BatchGetItemCommand)) return pass()
      const [first, ...Keys] = keysOf(command)
      const take = (Keys: unknown) => ({ [deliveries.name]: { Keys: Keys as never } })
      return deliveries.client
        .send(new BatchGetItemCommand({ RequestItems: take([first]) }))
        .then((answer) => ({ ...answer, UnprocessedKeys: Keys.length > 0 ? take(Keys) : {} }))
    })
    expect(idsOf(await allPages(stingy, { reference: 'order-1' }, 10))).toEqual(['2', '1', '0'])
  })
})

test('failures are looked up without the secret, which a stage with that look-up alone lets nobody read', async () => {
  const { deliveries } = await deliveriesWith([statusRecord('failed', 0, { messageId: 'one' })])
  const hashKey = () => Promise.reject(new Error('AccessDeniedException'))
  const question: Question = { provider: 'octopush', status: 'failed', day: '2025-01-22' }
  expect(idsOf((await findDeliveries({ ...deliveries, hashKey }, question, 10)).summaries)).toEqual(['one'])
})

test.each<[string, Question]>([
  ['recipient', { recipient: '+33600112233' }],
  ['reference', { reference: 'order-1' }],
  ['campaign', { campaign: 'summer' }],
  ['failed', { provider: 'octopush', status: 'failed', day: '2025-01-22' }],
  ['overdue', { overdue: true, provider: 'octopush' }],
])('without an index, the look-up by %s is off', async (lookup, question) => {
  const off = { ...(await newDeliveries()), lookups: [], patience: NEVER_DUE, expectations: false }
  const error = await findDeliveries(off, question, 10).catch((error) => error)
  expect(error).toBeInstanceOf(LookupOff)
  expect(error.lookup).toBe(lookup)
})

test('a row that is in an index twice, while it moves there, is read once', async () => {
  const { deliveries } = await deliveriesWith([statusRecord('undelivered', 0, { messageId: 'moved', ...SMS })])
  const [row] = await readAll(deliveries)
  const entry = { pk: row?.pk, sk: row?.sk, sort: '', partition: row?.failedKey, shard: 0 } as Entry
  const summaries = await readRows(deliveries, 'failed', [entry, { ...entry, sort: 'a' }])
  expect(summaries).toMatchObject([{ messageId: 'moved' }, { messageId: 'moved' }])
})
