import { UpdateItemCommand } from '@aws-sdk/client-dynamodb'
import { beforeAll, describe, expect, test } from 'vitest'
import type { Callback } from '../functions/domain/callback.ts'
import type { Delivery } from '../functions/domain/delivery.ts'
import { showMessage } from '../functions/query/messages.ts'
import { callbackWith } from './callbacks.ts'
import { createTestWorker, eventOf, readAll, useDynamoDb } from './emulators.ts'

const dynamoDb = useDynamoDb()

const callback = (provider: string, payload: object): Callback => callbackWith(provider, JSON.stringify(payload))

let bed: Awaited<ReturnType<typeof createTestWorker>>
beforeAll(async () => {
  bed = await createTestWorker(dynamoDb)
})

/** Stores callbacks, and gives the one delivery of their message. */
async function deliveryOf(messageId: string, ...callbacks: Callback[]): Promise<Delivery> {
  await bed.worker(eventOf(callbacks))
  const { provider } = callbacks[0] as Callback
  const { deliveries } = await showMessage(bed.ledger, { provider, messageId }, {})
  expect(deliveries).toHaveLength(1)
  return deliveries[0] as Delivery
}

const telesign = (id: string, code: number, updated_on: string, more: object = {}) =>
  callback('telesign', { reference_id: id, status: { code, last_channel: 'sms', updated_on }, ...more })

const nifteem = (messageId: string, status: string, statusDate: string, statusOrder?: number) =>
  callback('nifteem', { messageId, status, statusDate, statusOrder })

const octopush = (message_id: string, status: string, delivery_date: string) =>
  callback('octopush', { channel: 'sms', message_id, number: '+33600112233', status, delivery_date })

describe('the status of a delivery', () => {
  test('is that of the SMS that arrived, though the RCS attempt before it timed out later', async () => {
    const channel_status = [
      { rcs: { code: 3056, updated_on: '2020-05-04 22:07:05.325' } },
      { sms: { code: 3000, updated_on: '2020-05-04 22:07:01:226' } },
    ]
    const delivery = await deliveryOf('A', telesign('A', 3000, '2020-05-04 22:07:01:226', { channel_status }))
    expect(delivery).toMatchObject({
      status: 'delivered',
      final: true,
      channel: 'sms',
      statusAt: '2020-05-04T22:07:01.226Z',
    })
    expect(delivery.history.map(({ channel }) => channel)).toEqual(['sms', 'rcs'])
  })

  test('is that of a time as HTTP writes it', async () => {
    const delivery = await deliveryOf(
      'B',
      telesign('B', 290, '2022-06-23T19:03:40Z'),
      telesign('B', 200, 'Thu, 23 Jun 2022 19:03:44 GMT'),
    )
    expect(delivery).toMatchObject({ status: 'delivered', statusAt: '2022-06-23T19:03:44.000Z' })
    expect(delivery.history[1]?.details).toEqual({ updated_on: 'Thu, 23 Jun 2022 19:03:44 GMT' })
  })

  test.each(['2025-01-22T10:00Z', '22 January', 'later'])('is the further one, though its time is %s', async (text) => {
    const id = `C ${text}`
    const delivery = await deliveryOf(
      id,
      nifteem(id, 'SENT', '2025-01-22T10:00:00Z', 2),
      nifteem(id, 'DELIVERED', text, 3),
    )
    expect(delivery.status).toBe('delivered')
  })

  test('is that of the higher rank, where one of two of the same time has no order', async () => {
    const at = '2025-01-22T10:00:00Z'
    expect(await deliveryOf('D', nifteem('D', 'DELIVERED', at), nifteem('D', 'READ', at, 4))).toMatchObject({
      status: 'read',
    })
  })

  test('stays delivered in the hour that the end of summer time repeats', async () => {
    const delivery = await deliveryOf(
      'G',
      octopush('G', 'ACK', '2025-10-26 02:50:00'),
      octopush('G', 'DELIVERED', '2025-10-26 02:10:00'),
    )
    expect(delivery).toMatchObject({ status: 'delivered', final: true })
  })

  test('is that of the whole delivery on each page, also on the first and on the last', async () => {
    const steps = ['SENT', 'DELIVERED', 'READ', 'SENT', 'DISPATCHED'] as const
    const day = (index: number) => `2025-01-2${index}T10:00:00Z`
    await bed.worker(eventOf(steps.map((status, index) => nifteem('pages', status, day(index)))))
    let cursor: string | undefined
    for (let page = 0; page < steps.length; page++) {
      const query = { limit: '1', ...(cursor && { cursor }) }
      const answer = await showMessage(bed.ledger, { provider: 'nifteem', messageId: 'pages' }, query)
      expect(answer.deliveries).toMatchObject([{ status: 'read', final: true, statusAt: '2025-01-22T10:00:00.000Z' }])
      expect(answer.deliveries[0]?.history).toMatchObject([{ providerStatus: steps[page] }])
      cursor = answer.cursor ?? undefined
    }
  })
})

describe("an e-mail's history", () => {
  const moments = ['PROCESSED', 'ISP_SEND', 'DELIVERED', 'OPENED', 'CLICKED'].map((status, index) => ({
    status,
    delivery_date: `2025-01-22 12:2${index}:30`,
  }))
  /** The callback of the moment at an index: it repeats all moments before it. */
  const retold = (message_id: string, index: number, more: object = {}) => {
    const status_history = moments.slice(0, index)
    const deliveries = [{ email: 'a@example.com', unit_price: 0.5, ...moments[index], ...more, status_history }]
    return callback('octopush', { channel: 'email', message_id, meta_data: { template_name: 'T' }, deliveries })
  }

  test('is as many rows as it has facts, however often it is reported', async () => {
    const callbacks = moments.map((_, index) => retold('F', index))
    const { history, status } = await deliveryOf('F', ...callbacks, ...callbacks.toReversed())
    expect(history.map(({ providerStatus }) => providerStatus)).toEqual(moments.map(({ status }) => status))
    expect(status).toBe('clicked')
    for (const { price, details } of history)
      expect([price?.amount, details.meta_data]).toEqual([0.5, { template_name: 'T' }])
  })

  test('holds nothing that was reported of the current moment alone', async () => {
    const clicked = retold('F2', 4, { clicked_url: 'https://example.com/' })
    const { history } = await deliveryOf('F2', clicked)
    expect(history).toHaveLength(5)
    expect(history.map(({ details }) => 'clicked_url' in details)).toEqual([false, false, false, false, true])
  })
})

test('what has expired, and is not yet deleted, is not served', async () => {
  const { ledger, worker } = await createTestWorker(dynamoDb)
  await worker(
    eventOf([
      octopush('old', 'ACK', '2025-01-22 11:46:06'),
      octopush('old', 'DELIVERED', '2025-01-22 11:47:06'),
      octopush('older', 'ACK', '2025-01-22 11:46:06'),
    ]),
  )
  const expire = async ({ pk, sk }: Record<string, unknown>) =>
    ledger.client.send(
      new UpdateItemCommand({
        TableName: ledger.name,
        Key: { pk: { S: String(pk) }, sk: { S: String(sk) } },
        UpdateExpression: 'SET expiresAt = :past',
        ExpressionAttributeValues: { ':past': { N: '1' } },
      }),
    )
  for (const row of await readAll(ledger)) if (row.status === 'sent') await expire(row)
  const show = (messageId: string, query = {}) => showMessage(ledger, { provider: 'octopush', messageId }, query)
  expect((await show('old')).deliveries.map(({ history }) => history.map(({ status }) => status))).toEqual([
    ['delivered'],
  ])
  expect((await show('old', { recipient: 'nobody' })).deliveries).toEqual([])
  await expect(show('older')).rejects.toMatchObject({ status: 404 })
})
