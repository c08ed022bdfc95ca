import { randomUUID } from 'node:crypto'
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs'
import type { DynamoDBRecord } from 'aws-lambda'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Key, messageKey } from '../functions/domain/key.ts'
import type { StatusRecord } from '../functions/domain/status.ts'
import { createFollower } from '../functions/follower/follower.ts'
import { insertRows, rowOf as storedRow } from '../functions/platform/ledger.ts'
import { type Parked, parkedIn } from '../functions/platform/parking.ts'
import type { Queue } from '../functions/platform/queue.ts'
import type { Table } from '../functions/platform/table.ts'
import { LOCAL_AWS } from '../local/credentials.ts'
import type { Emulator } from '../local/emulator.ts'
import { createPlainQueue } from '../local/resources.ts'
import { startSqs } from '../local/sqs.ts'
import { rowOf, statusRecord } from './domain/records.ts'
import { readAll, recordingTelemetry, useDynamoDb } from './emulators.ts'

const { newTable, newDeliveries } = useDynamoDb()
let sqs: Emulator
beforeAll(async () => {
  sqs = await startSqs()
})
afterAll(() => sqs?.stop())

/** A follower on tables of its own, and what it is to follow. */
async function setUp(change: (client: DynamoDBClient) => DynamoDBClient = (client) => client) {
  const [ledger, deliveries] = await Promise.all([newTable(), newDeliveries()])
  const queues = new SQSClient({ ...LOCAL_AWS, endpoint: sqs.endpoint })
  const parked = await createPlainQueue(queues, `parked-${randomUUID()}`)
  const telemetry = recordingTelemetry()
  const options = { ledger, deliveries: { ...deliveries, client: change(deliveries.client) }, parked, telemetry }
  return { ...options, follower: createFollower(options) }
}

/** Stores a record, and gives the stream's record of it. */
async function insert(ledger: Table, messageId: string, more: Partial<StatusRecord> = {}): Promise<DynamoDBRecord> {
  const row = rowOf(statusRecord('sent', 0, { messageId, ...more }))
  const key = { pk: messageKey('octopush', messageId), sk: row.sk }
  await insertRows(ledger, [storedRow(ledger, key, row.record)])
  return recordOf('INSERT', key)
}

const recordOf = (eventName: 'INSERT' | 'MODIFY' | 'REMOVE', { pk, sk }: Key): DynamoDBRecord => ({
  eventName,
  dynamodb: { Keys: { pk: { S: pk }, sk: { S: sk } } },
})

/** A client that rejects the first requests about something: as many as there are errors. */
const rejecting = (text: string, ...errors: Error[]) => {
  return (client: DynamoDBClient): DynamoDBClient => {
    const send = async (command: { input: object }) => {
      const error = JSON.stringify(command.input).includes(text) ? errors.shift() : undefined
      if (error !== undefined) throw error
      return client.send(command as never)
    }
    return Object.assign(Object.create(client), { send })
  }
}

const throttled = () => Object.assign(new Error('slow down'), { name: 'ThrottlingException' })

async function parkedOf({ client, url }: Queue): Promise<Parked[]> {
  const { Messages = [] } = await client.send(new ReceiveMessageCommand({ QueueUrl: url, MaxNumberOfMessages: 10 }))
  return Messages.map(({ Body = '' }) => parkedIn(Body))
}

const idsOf = async (table: Table) => (await readAll(table)).map(({ messageId }) => messageId)

describe('the follower', () => {
  test('brings the delivery of each inserted row up to date, once for all rows of it', async () => {
    const { follower, ledger, deliveries, telemetry } = await setUp()
    const Records = [
      await insert(ledger, 'a'),
      await insert(ledger, 'a', { channel: 'rcs' }),
      await insert(ledger, 'b'),
    ]
    await follower({ Records })
    expect(await idsOf(deliveries)).toEqual(['a', 'b'])
    expect(telemetry.deliveries).toEqual([
      { provider: 'octopush', isNew: true, isNewlyOverdue: true },
      { provider: 'octopush', isNew: true, isNewlyOverdue: true },
    ])
    await follower({ Records })
    expect(telemetry.deliveries.slice(2)).toEqual([
      { provider: 'octopush', isNew: false, isNewlyOverdue: false },
      { provider: 'octopush', isNew: false, isNewlyOverdue: false },
    ])
  })

  test('follows nothing but inserts', async () => {
    const { follower, ledger, deliveries } = await setUp()
    const { dynamodb } = await insert(ledger, 'a')
    await follower({ Records: [{ eventName: 'MODIFY', ...(dynamodb && { dynamodb }) }, { eventName: 'REMOVE' }] })
    expect(await readAll(deliveries)).toEqual([])
  })

  test('passes over a row that is gone by then', async () => {
    const { follower, deliveries, parked } = await setUp()
    await follower({ Records: [recordOf('INSERT', { pk: 'octopush#a', sk: '##2025#' })] })
    expect(await readAll(deliveries)).toEqual([])
    expect(await parkedOf(parked)).toEqual([])
  })

  test('waits for a delivery whose table is throttled for longer than it tries what fails otherwise', async () => {
    const { follower, ledger, deliveries, parked } = await setUp(
      rejecting('octopush#hot', ...Array.from({ length: 6 }, throttled)),
    )
    await follower({ Records: [await insert(ledger, 'hot'), await insert(ledger, 'cold')] })
    expect(await idsOf(deliveries)).toEqual(['cold', 'hot'])
    expect(await parkedOf(parked)).toEqual([])
  })

  test('parks the key of a row that cannot be handled, and goes on with the rest', async () => {
    const failures = Array.from({ length: 20 }, () => new Error('broken'))
    const { follower, ledger, deliveries, parked, telemetry } = await setUp(rejecting('octopush#bad', ...failures))
    const bad = await insert(ledger, 'bad')
    await follower({ Records: [bad, await insert(ledger, 'good')] })
    expect(await idsOf(deliveries)).toEqual(['good'])
    expect(await parkedOf(parked)).toEqual([{ key: { pk: 'octopush#bad', sk: bad.dynamodb?.Keys?.sk?.S } }])
    expect(telemetry.parked).toEqual([1])
    expect(telemetry.refusals).toMatchObject([{ provider: 'unexpected', error: { message: 'broken' } }])
  })

  test('fails, so that the batch comes again, where not even that is possible', async () => {
    const failures = Array.from({ length: 20 }, () => new Error('broken'))
    const options = await setUp(rejecting('octopush#bad', ...failures))
    const follower = createFollower({ ...options, parked: { ...options.parked, url: `${options.parked.url}-gone` } })
    await expect(follower({ Records: [await insert(options.ledger, 'bad')] })).rejects.toThrow()
  })
})
