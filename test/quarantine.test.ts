import {
  BatchWriteItemCommand,
  DeleteItemCommand,
  type DynamoDBClient,
  PutItemCommand,
  QueryCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb'
import { describe, expect, test } from 'vitest'
import { type Callback, encodeBody } from '../functions/domain/callback.ts'
import {
  findQuarantined,
  listHeads,
  listQuarantined,
  quarantine,
  quarantineId,
  release,
} from '../functions/platform/quarantine.ts'
import type { Table } from '../functions/platform/table.ts'
import { listQuarantine } from '../functions/query/quarantine.ts'
import { callbackWith } from './callbacks.ts'
import { createTestWorker, eventOf, readAll, useDynamoDb, useStack } from './emulators.ts'

const dynamoDb = useDynamoDb()

const callbackOf = (requestId: string, body: string): Callback =>
  callbackWith('octopush', body, { requestId, contentType: null })

/** Three rows of text. */
const large = callbackOf('large', 'x'.repeat(900_000))
const small = callbackOf('small', 'broken')
const id = quarantineId(large)

/** A table whose client calls `before` with each command and its number, then sends it. */
function watched(table: Table, before: (command: object, index: number) => unknown): Table {
  let index = 0
  const send = async (command: never) => {
    await before(command, index++)
    return table.client.send(command)
  }
  return { ...table, client: Object.assign(Object.create(table.client), { send }) as DynamoDBClient }
}

/** A table whose client dies after so many commands. */
const mortal = (table: Table, commands: number) =>
  watched(table, (_, index) => {
    if (index >= commands) throw new Error('died')
  })

/** A table that leaves the last row of a batch unprocessed where `isHalf`. */
function halfHearted(table: Table, isHalf: () => boolean): Table {
  const send = async (command: object) => {
    const requests = command instanceof BatchWriteItemCommand ? (command.input.RequestItems?.[table.name] ?? []) : []
    if (requests.length === 0 || !isHalf()) return table.client.send(command as never)
    const through = requests.slice(0, -1)
    if (through.length > 0)
      await table.client.send(new BatchWriteItemCommand({ RequestItems: { [table.name]: through } }))
    return { UnprocessedItems: { [table.name]: requests.slice(-1) } }
  }
  return { ...table, client: Object.assign(Object.create(table.client), { send }) as DynamoDBClient }
}

const list = async (table: Table, limit = 100) => (await listQuarantined(table, ['octopush'], limit)).items

/** Whether all that is listed is whole, and no row is left that nothing lists. */
async function expectNoLeftovers(table: Table) {
  const items = await list(table)
  for (const { callback } of items) expect(callback).toBeDefined()
  expect(await readAll(table)).toHaveLength(items.reduce((rows, { body }) => rows + 1 + body.parts, 0))
  return items
}

describe('wherever it is interrupted', () => {
  test.each([0, 1, 2, 3, 4])(
    'a write shows whole items alone, and the next try completes it: after %i',
    async (commands) => {
      const table = await dynamoDb.newTable()
      const items = [large, small].map((callback) => ({ callback, reason: 'body: expected JSON' }))
      await quarantine(mortal(table, commands), items).catch(() => {})
      const shown = (await list(table)).map(({ callback }) => callback)
      expect(shown).toEqual(
        [large, small].filter((callback) => shown.some((one) => one?.requestId === callback.requestId)),
      )
      await quarantine(table, items)
      expect((await list(table)).map(({ callback }) => callback?.requestId).sort()).toEqual(['large', 'small'])
    },
  )

  test.each([0, 1, 2, 3])('a release shows whole items alone: after %i', async (commands) => {
    const table = await dynamoDb.newTable()
    await quarantine(table, [{ callback: large, reason: 'first' }])
    await release(mortal(table, commands), [id]).catch(() => {})
    expect((await list(table)).map(({ callback }) => callback)).toEqual(commands === 0 ? [large] : [])
    await release(table, [id])
    expect(await list(table)).toEqual([])
  })

  test('a write is tried again where DynamoDB leaves half of it unprocessed once', async () => {
    const table = await dynamoDb.newTable()
    let times = 0
    await quarantine(
      halfHearted(table, () => times++ === 0),
      [{ callback: large, reason: 'first' }],
    )
    expect(times).toBeGreaterThan(1)
    expect((await expectNoLeftovers(table)).map(({ callback }) => callback)).toEqual([large])
  })

  test('a write throws where DynamoDB leaves half of it unprocessed each time, and nothing of it is visible', async () => {
    const table = await dynamoDb.newTable()
    const writing = quarantine(
      halfHearted(table, () => true),
      [{ callback: large, reason: 'first' }],
    )
    await expect(writing).rejects.toThrow('rows of the quarantine were not written')
    expect(await list(table)).toEqual([])
  })

  test('a write whose answer is lost stays whole', async () => {
    const table = await dynamoDb.newTable()
    let isLost = false
    const send = async (command: never) => {
      const answer = await table.client.send(command)
      if (isLost || !((command as object) instanceof UpdateItemCommand)) return answer
      isLost = true
      throw new Error('socket hang up')
    }
    const client = Object.assign(Object.create(table.client), { send })
    await quarantine({ ...table, client }, [{ callback: large, reason: 'first' }])
    expect(isLost).toBe(true)
    expect((await expectNoLeftovers(table)).map(({ callback }) => callback)).toEqual([large])
  })
})

describe('a release and a write of the same item at once', () => {
  test('end in quarantine where the write comes between the head and the body of the release', async () => {
    const table = await dynamoDb.newTable()
    await quarantine(table, [{ callback: large, reason: 'first' }])
    const disturbed = watched(table, async (_, index) => {
      if (index === 1) await quarantine(table, [{ callback: large, reason: 'again' }])
    })
    await release(disturbed, [id])
    expect(await expectNoLeftovers(table)).toMatchObject([{ reason: 'again', callback: large }])
  })

  test.each([0, 1])('end in quarantine where the release comes into the write: before command %i', async (at) => {
    const table = await dynamoDb.newTable()
    await quarantine(table, [{ callback: large, reason: 'first' }])
    const disturbed = watched(table, async (_, index) => {
      if (index === at) await release(table, [id])
    })
    await quarantine(disturbed, [{ callback: large, reason: 'again' }])
    expect(await expectNoLeftovers(table)).toMatchObject([{ reason: 'again', callback: large }])
  })

  test('never leave an item that cannot be read, whatever their order', async () => {
    const table = await dynamoDb.newTable()
    const write = () => quarantine(table, [{ callback: large, reason: 'again' }])
    for (let round = 0; round < 5; round++) {
      await Promise.all([write(), release(table, [id]), write(), release(table, [id])])
      await expectNoLeftovers(table)
    }
  })

  test('a reader sees the newer one, or none', async () => {
    const table = await dynamoDb.newTable()
    await quarantine(table, [{ callback: large, reason: 'first' }])
    const rewritten = watched(table, async (_, index) => {
      if (index === 1) await quarantine(table, [{ callback: large, reason: 'again' }])
    })
    expect(await list(rewritten)).toMatchObject([{ reason: 'again', callback: large }])
    const released = watched(table, async (_, index) => {
      if (index === 1) await release(table, [id])
    })
    expect(await list(released)).toEqual([])
  })
})

test('a replay that succeeds leaves no row of a large item, whatever the body is by then', async () => {
  const { worker, quarantine: table } = await createTestWorker(dynamoDb)
  await worker(eventOf([large]))
  expect((await findQuarantined(table, id))?.callback).toEqual(large)
  expect(await readAll(table)).toHaveLength(4)
  const fixed = JSON.stringify({
    message_id: 'm',
    number: '+33600112233',
    status: 'DELIVERED',
    delivery_date: '2025-01-22 11:46:06',
  })
  await worker(eventOf([{ ...large, ...encodeBody(Buffer.from(fixed)), replay: true }]))
  expect(await readAll(table)).toEqual([])
})

test('a replay that fails leaves the newest reason and the time of the attempt, which a late repeat does not take away', async () => {
  const table = await dynamoDb.newTable()
  await quarantine(table, [{ callback: small, reason: 'first' }])
  expect((await list(table))[0]).not.toHaveProperty('attemptedAt')
  const before = new Date().toISOString()
  await quarantine(table, [{ callback: { ...small, replay: true }, reason: 'second' }])
  const [item] = await list(table)
  expect(item).toMatchObject({ reason: 'second', callback: small })
  expect(String(item?.attemptedAt) >= before && String(item?.attemptedAt) <= new Date().toISOString()).toBe(true)
  await quarantine(table, [{ callback: small, reason: 'third' }])
  expect(await list(table)).toMatchObject([{ reason: 'third', attemptedAt: item?.attemptedAt }])
})

test('a head that names no body hides nothing, and can be dropped', async () => {
  const table = await dynamoDb.newTable()
  await quarantine(table, [{ callback: small, reason: 'body: expected JSON' }])
  const head = {
    pk: { S: 'octopush' },
    sk: { S: id },
    reason: { S: 'odd' },
    expiresAt: { N: String(Math.ceil(Date.now() / 1000) + 60) },
  }
  await table.client.send(new PutItemCommand({ TableName: table.name, Item: head }))
  const reasons = (await list(table)).map(({ reason, callback }) => [reason, callback?.requestId])
  expect(reasons.sort()).toEqual([
    ['body: expected JSON', 'small'],
    ['odd', undefined],
  ])
  await release(table, [id])
  expect(await expectNoLeftovers(table)).toHaveLength(1)
})

test('one item of a callback that comes twice in a batch and once again', async () => {
  const table = await dynamoDb.newTable()
  const item = { callback: large, reason: 'body: expected JSON' }
  await quarantine(table, [item, item])
  await quarantine(table, [item])
  expect(await expectNoLeftovers(table)).toHaveLength(1)
})

test('a page reads no more bodies than it shows, and a list of heads none', async () => {
  const table = await dynamoDb.newTable()
  const bodies = Array.from({ length: 30 }, (_, index) => callbackOf(`${index}`, 'x'.repeat(330_000)))
  await quarantine(
    table,
    bodies.map((callback) => ({ callback, reason: 'body: expected JSON' })),
  )
  const queries: object[] = []
  const counted = watched(table, (command) => command instanceof QueryCommand && queries.push(command))
  const { items, next } = await listQuarantined(counted, ['octopush'], 1_000)
  expect([items.length, next]).toEqual([15, items[14]?.id])
  expect(queries).toHaveLength(1 + 15)
  queries.length = 0
  expect((await listHeads(counted, ['octopush'], 1_000)).heads).toHaveLength(30)
  expect(queries).toHaveLength(1)
})

test('a replay and its original in one batch leave the time of the attempt, whichever comes first', async () => {
  const table = await dynamoDb.newTable()
  const original = { callback: small, reason: 'first' }
  const replay = { callback: { ...small, replay: true as const }, reason: 'second' }
  for (const batch of [
    [replay, original],
    [original, replay],
  ]) {
    await quarantine(table, batch)
    expect(await list(table)).toMatchObject([{ reason: 'second', attemptedAt: expect.any(String) }])
    await release(table, [id, quarantineId(small)])
  }
})

describe('an answer of the list', () => {
  const listed = async (table: Table, limit: number) => listQuarantine(table, ['octopush'], { limit: String(limit) })
  const answerBytes = (answer: object) => Buffer.byteLength(JSON.stringify({ body: JSON.stringify(answer) }))

  test.each([
    ['that are compressed in the table', 'x'.repeat(2_000_000)],
    ['of which each character is escaped', '"\\'.repeat(250_000)],
    ['of control characters', '\u0001'.repeat(300_000)],
  ])('fits into a Lambda with bodies %s', async (_, body) => {
    const table = await dynamoDb.newTable()
    const items = ['a', 'b', 'c'].map((name) => ({ callback: callbackOf(name, body), reason: 'body: expected JSON' }))
    await quarantine(table, items)
    const { items: page, cursor } = await listed(table, 3)
    expect(page.map((item) => item.body)).toEqual(page.map(() => body))
    expect(answerBytes({ items: page, cursor })).toBeLessThan(6_000_000)
    expect(cursor).not.toBe(null)
  })

  test('shows a body that is too large for it as truncated, beside the others', async () => {
    const table = await dynamoDb.newTable()
    const huge = callbackOf('huge', '"'.repeat(1_100_000))
    const items = [huge, small].map((callback) => ({ callback, reason: 'body: expected JSON' }))
    await quarantine(table, items)
    const { items: page } = await listed(table, 10)
    expect(page).toHaveLength(2)
    expect(page).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ id: quarantineId(huge), body: null, truncated: true }),
        expect.objectContaining({ id: quarantineId(small), body: 'broken' }),
      ]),
    )
    expect(page.find((item) => item.body === 'broken')).not.toHaveProperty('truncated')
    expect((await findQuarantined(table, quarantineId(huge)))?.callback).toEqual(huge)
  })
})

describe('an item whose body is incomplete', () => {
  const { stack } = useStack()
  const whole = callbackOf('whole', 'broken')

  async function breakOne() {
    const { quarantine: table } = stack()
    await quarantine(table, [
      { callback: large, reason: 'body: expected JSON' },
      { callback: whole, reason: 'body: expected JSON' },
    ])
    const item = await findQuarantined(table, id)
    const Key = { pk: { S: String(item?.body.key) }, sk: { S: '0001' } }
    await table.client.send(new DeleteItemCommand({ TableName: table.name, Key }))
  }

  test('is listed beside the others, says so, is not replayed, and can be dropped', async () => {
    await breakOne()
    const call = async (path: string, method = 'GET') => {
      const response = await fetch(`${stack().url}/v1/quarantine${path}`, { method })
      return { status: response.status, body: (await response.json()) as { items: unknown[]; detail: string } }
    }
    const incomplete = 'its body is incomplete: it can only be dropped'
    const { body } = await call('?provider=octopush')
    expect(body.items).toHaveLength(2)
    expect(body.items).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ id, body: null, reason: `body: ${incomplete}; body: expected JSON` }),
        expect.objectContaining({ id: quarantineId(whole), body: 'broken', reason: 'body: expected JSON' }),
      ]),
    )
    expect(await call(`/${id}/replay`, 'POST')).toMatchObject({
      status: 409,
      body: { detail: expect.stringContaining(incomplete) },
    })
    await release(stack().quarantine, [id])
    expect((await call('?provider=octopush')).body.items).toMatchObject([{ id: quarantineId(whole) }])
    expect(await readAll(stack().quarantine)).toHaveLength(2)
  })
})
