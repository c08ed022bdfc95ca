import { randomUUID } from 'node:crypto'
import { DescribeTableCommand, PutItemCommand } from '@aws-sdk/client-dynamodb'
import { DynamoDBStreamsClient } from '@aws-sdk/client-dynamodb-streams'
import { expect, test } from 'vitest'
import { INDEXES } from '../functions/platform/delivery-indexes.ts'
import { itemOf } from '../functions/platform/item.ts'
import { LOCAL_AWS } from '../local/credentials.ts'
import { createTable, type TableOptions } from '../local/resources.ts'
import { startStreamSource } from '../local/stream-source.ts'
import { useDynamoDb } from './emulators.ts'
import { until } from './until.ts'

const { newTable, endpoint } = useDynamoDb()

const streams = () => new DynamoDBStreamsClient({ ...LOCAL_AWS, endpoint: endpoint() })

test('a table of an earlier version gets the indexes and the stream that it lacks, and keeps its rows', async () => {
  const { client } = await newTable()
  const name = `table-${randomUUID()}`
  const { open, ...added } = INDEXES
  const create = (options: TableOptions) => createTable(client, name, options)
  await create({ indexes: { open } })
  await client.send(new PutItemCommand({ TableName: name, Item: itemOf({ pk: 'a', sk: 'b' }) }))
  const wanted = { indexes: { open, ...added }, stream: 'NEW_AND_OLD_IMAGES' } as const
  const table = await create(wanted)
  const read = async () => (await client.send(new DescribeTableCommand({ TableName: name }))).Table
  const made = await read()
  expect(made?.GlobalSecondaryIndexes?.map(({ IndexName }) => IndexName).toSorted()).toEqual(
    Object.keys(INDEXES).toSorted(),
  )
  expect(made?.StreamSpecification).toEqual({ StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES' })
  await create(wanted)
  expect((await read())?.LatestStreamArn).toBe(made?.LatestStreamArn)

  const seen: unknown[] = []
  const source = startStreamSource(table, streams(), async ({ Records }) => void seen.push(...Records), {
    batchSize: 10,
  })
  await client.send(new PutItemCommand({ TableName: name, Item: itemOf({ pk: 'a', sk: 'c' }) }))
  await until(() => seen.length === 1)
  await source.drain()
})

test('a stream that cannot be read is reported once', async () => {
  const reported: unknown[] = []
  const unexpected = (error: unknown) => void reported.push(error)
  const source = startStreamSource(await newTable(), streams(), async () => {}, { batchSize: 10, unexpected })
  await until(() => reported.length > 0)
  await new Promise((resolve) => setTimeout(resolve, 2_500))
  await source.drain()
  expect(reported).toEqual([expect.objectContaining({ message: expect.stringContaining('the table has no stream') })])
})
