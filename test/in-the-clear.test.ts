import { paginateScan } from '@aws-sdk/client-dynamodb'
import type { DynamoDBStreamEvent } from 'aws-lambda'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { createFollower } from '../functions/follower/follower.ts'
import { INDEXES, type IndexName } from '../functions/platform/delivery-indexes.ts'
import { cloudWatchTelemetry } from '../functions/platform/telemetry.ts'
import { LOCAL_KEY } from '../local/credentials.ts'
import { readAll, useStack } from './emulators.ts'
import { until } from './until.ts'

const printed: string[] = []
const telemetry = cloudWatchTelemetry({ statusMetrics: true })
const { stack } = useStack({ telemetry })

/** What nobody shall read but in a row: numbers as they are written, and in parts. */
const SECRETS = ['600112233', '6 00 11 22 33', 'ann@example.com', 'example.com', 'order-4711', 'summer-sale']

const RECIPIENTS = ['+33600112233', 'ann@example.com', 'whatsapp:+33 6 00 11 22 33']

beforeAll(async () => {
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => printed.push(String(text)) > 0)
  const { url, ledger, deliveries, parked } = stack()
  const call = (path: string, init: RequestInit) =>
    fetch(`${url}${path}`, { ...init, headers: { 'x-api-key': LOCAL_KEY } })
  const send = (message_id: string, status: string, number: string) => {
    const body = { channel: 'sms', message_id, number, status, list_name: 'summer-sale' }
    const moment = { delivery_date: '2025-01-22 11:46:06' }
    return call('/webhooks/octopush?reference=order-4711', {
      method: 'POST',
      body: JSON.stringify({ ...body, ...moment }),
    })
  }
  for (const [index, recipient] of RECIPIENTS.entries()) {
    for (const status of ['ACK', 'NOT_DELIVERED', 'DELIVERED', 'TELEPORTED +33600112233'])
      await send(`${status.slice(0, 3)}-${index}`, status, recipient)
    const about = { recipient, reference: 'order-4711', campaign: 'summer-sale', sentAt: '2025-01-22T10:00:00Z' }
    for (const [name, patience] of [
      ['open', 34_560_000],
      ['overdue', 1],
    ])
      await call(`/v1/expectations/octopush/${name}-${index}`, {
        method: 'PUT',
        body: JSON.stringify({ ...about, patience }),
      })
    const searches = [
      { recipient },
      { reference: 'order-4711' },
      { campaign: 'summer-sale' },
      { recipient, limit: '0' },
    ]
    for (const search of searches) await call(`/v1/deliveries?${new URLSearchParams(search as never)}`, {})
  }
  await until(async () => (await readAll(ledger)).length === 4 * RECIPIENTS.length)
  await until(
    async () => (await readAll(deliveries)).filter(({ records }) => records === 1).length === 4 * RECIPIENTS.length,
  )
  const Records = (await readAll(ledger)).map(({ pk, sk }) => ({
    eventName: 'INSERT',
    dynamodb: { Keys: { pk: { S: pk }, sk: { S: sk } } },
  }))
  const away = { ...deliveries, hashKey: () => Promise.reject(new Error('no key for +33600112233')) }
  await createFollower({ ledger, deliveries: away, parked, telemetry })({ Records } as DynamoDBStreamEvent)
}, 60_000)

afterAll(() => vi.restoreAllMocks())

test.each(Object.keys(INDEXES) as IndexName[])(
  'the index %s has rows, and none says who or what it is about',
  async (name) => {
    const { client, name: TableName } = stack().deliveries
    const rows: unknown[] = []
    for await (const { Items = [] } of paginateScan({ client }, { TableName, IndexName: name })) rows.push(...Items)
    expect(rows.length).toBeGreaterThan(0)
    for (const row of rows) for (const secret of SECRETS) expect(JSON.stringify(row)).not.toContain(secret)
  },
)

test('no log line or metric says who or what a delivery is about', () => {
  const lines = printed.join('')
  for (const word of ['"accepted"', '"deliveries"', '"overdue"', '"parked"', 'unmapped statuses', 'unexpected'])
    expect(lines).toContain(word)
  for (const secret of SECRETS) expect(lines).not.toContain(secret)
})
