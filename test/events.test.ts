import { randomUUID } from 'node:crypto'
import type { AttributeValue } from '@aws-sdk/client-dynamodb'
import type { SNSClient } from '@aws-sdk/client-sns'
import { ReceiveMessageCommand } from '@aws-sdk/client-sqs'
import type { DynamoDBRecord } from 'aws-lambda'
import { describe, expect, test } from 'vitest'
import { isNewer, type RecordData, standsAt } from '../client/index.ts'
import type { DeliveryData, LedgerEvent } from '../functions/domain/event.ts'
import { itemOf } from '../functions/platform/item.ts'
import { parkedIn } from '../functions/platform/parking.ts'
import type { Outlet } from '../functions/platform/publishing.ts'
import { type Topic, topicOutlet } from '../functions/platform/topic.ts'
import { createPublisher } from '../functions/publisher/publisher.ts'
import { createPlainQueue } from '../local/resources.ts'
import { recordingTelemetry, useStack } from './emulators.ts'
import { BUS, startEventBus } from './event-bus.ts'
import { subscribe as subscribeTo, take } from './subscriber.ts'

const { stack } = useStack()

const subscribe = (filter?: object) => subscribeTo(stack(), filter)

const send = (id: string, status: string, date: string) =>
  fetch(`${stack().url}/webhooks/octopush`, {
    method: 'POST',
    headers: { 'x-api-key': 'local-key', 'content-type': 'application/json' },
    body: JSON.stringify({ channel: 'sms', message_id: id, number: '+33600112233', status, delivery_date: date }),
  })

describe('the topic', () => {
  test('gets an event for each record, and one for where its delivery then stands', async () => {
    const subscriber = await subscribe()
    await send('sms_1', 'DELIVERED', '2025-01-22 11:46:06')
    const events = await take(subscriber, 2)
    const types = events.map(({ type }) => type).toSorted()
    expect(types).toEqual(['delivery-ledger.delivery.changed', 'delivery-ledger.status.recorded'])
    const changed = events.find(({ type }) => type === 'delivery-ledger.delivery.changed') as LedgerEvent<DeliveryData>
    expect(changed.data).toMatchObject({
      messageId: 'sms_1',
      recipient: '+33600112233',
      status: 'delivered',
      records: 1,
      previousStatus: null,
    })
    expect(new Set(events.map(({ subject }) => subject)).size).toBe(1)
  })

  test('does not get an event again for a repeated callback, nor for a record that does not change where its delivery stands', async () => {
    const subscriber = await subscribe()
    await send('sms_2', 'DELIVERED', '2025-01-22 11:46:06')
    await take(subscriber, 2)
    await send('sms_2', 'DELIVERED', '2025-01-22 11:46:06')
    await send('sms_2', 'ISP_SEND', '2025-01-22 11:46:01')
    await send('sms_2', 'READ', '2025-01-22 11:46:09')
    const events = await take(subscriber, 3)
    expect(events.map(({ type, data: { status } }) => `${type} ${status}`).toSorted()).toEqual([
      'delivery-ledger.delivery.changed read',
      'delivery-ledger.status.recorded read',
      'delivery-ledger.status.recorded sent',
    ])
    expect(events.find(({ type }) => type.endsWith('changed'))?.data).toMatchObject({ previousStatus: 'delivered' })
  })

  test('lets a consumer keep where deliveries stand, by the newest event or by the records', async () => {
    const subscriber = await subscribe()
    await send('sms_6', 'ISP_SEND', '2025-01-22 11:46:01')
    const first = await take(subscriber, 2)
    await send('sms_6', 'DELIVERED', '2025-01-22 11:46:06')
    const events = [...(await take(subscriber, 2)), ...first]
    const [newest, older] = events.filter(({ type }) => type.endsWith('changed')) as [LedgerEvent, LedgerEvent]
    expect([isNewer(newest, older), isNewer(older, newest)]).toEqual([true, false])
    const records = events.filter(({ type }) => type.endsWith('recorded')).map(({ data }) => data as RecordData)
    expect(standsAt(records.toReversed())?.status).toBe('delivered')
    expect(newest.data.status).toBe('delivered')
  })

  test('gets events with numbers beyond what JavaScript counts exactly', async () => {
    const subscriber = await subscribe()
    await fetch(`${stack().url}/webhooks/octopush?key=local-key`, {
      method: 'POST',
      body: JSON.stringify({
        channel: 'sms',
        status: 'DELIVERED',
        message_id: 'large',
        number: '+33600112233',
        delivery_date: '2025-01-22 11:46:06',
        unit_price: 1e20,
      }),
    })
    const events = await take(subscriber, 2)
    expect(events.map(({ data }) => data.price)).toEqual(Array(2).fill({ amount: 1e20, currency: null }))
    const answer = await fetch(`${stack().url}/v1/messages/octopush/large`)
    expect(await answer.json()).toMatchObject({ deliveries: [{ history: [{ price: { amount: 1e20 } }] }] })
  })

  test('can be filtered by attributes', async () => {
    const subscriber = await subscribe({ type: ['delivery-ledger.delivery.changed'], final: ['true'] })
    await send('sms_3', 'ISP_SEND', '2025-01-22 11:46:01')
    await send('sms_4', 'DELIVERED', '2025-01-22 11:46:06')
    const events = await take(subscriber, 1)
    expect(events.map(({ data }) => data.messageId)).toEqual(['sms_4'])
  })

  test('gets an event when a message that no provider reported is overdue', async () => {
    const subscriber = await subscribe({ type: ['delivery-ledger.delivery.overdue'] })
    await fetch(`${stack().url}/v1/expectations/octopush/sms_5`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ sentAt: new Date(Date.now() - 60_000).toISOString(), patience: 30, reference: 'order-5' }),
    })
    const [event] = await take(subscriber, 1)
    expect(event?.data).toMatchObject({ messageId: 'sms_5', status: null, reference: 'order-5', records: 0 })
  })
})

describe('the publisher', () => {
  const row = (status: string, records: number, more: object = {}) =>
    itemOf({
      pk: 'octopush#id',
      sk: 'delivery###',
      prefix: '##',
      latestAt: '2025-01-22T10:00:00.000Z',
      provider: 'octopush',
      messageId: 'id',
      channel: 'sms',
      status,
      final: false,
      statusAt: '2025-01-22T10:00:00.000Z',
      firstAt: '2025-01-22T10:00:00.000Z',
      records,
      ...more,
    })

  const change = (
    OldImage: Record<string, AttributeValue> | undefined,
    NewImage: Record<string, AttributeValue>,
    age = 0,
  ) =>
    ({
      eventName: OldImage ? 'MODIFY' : 'INSERT',
      dynamodb: { ...(OldImage && { OldImage }), NewImage, ApproximateCreationDateTime: Date.now() / 1_000 - age },
    }) as DynamoDBRecord

  /** A publisher to a topic whose first requests are answered as said, and to other outlets; the events that the topic took, and what is parked. */
  async function setUp(
    answers: ((forward: () => Promise<unknown>) => Promise<unknown>)[] = [],
    others: readonly Outlet[] = [],
  ) {
    const { topic } = stack()
    const [subscriber, parked] = await Promise.all([
      subscribe({ provider: ['octopush'], status: ['sent', 'unknown'] }),
      createPlainQueue(stack().queue.client, `parked-${randomUUID()}`),
    ])
    const answering = (command: never) => {
      const forward = () => topic.client.send(command)
      return (answers.shift() ?? ((next) => next()))(forward)
    }
    const client: SNSClient = Object.assign(Object.create(topic.client), { send: answering })
    const failing: Topic = { ...topic, client }
    const telemetry = recordingTelemetry()
    const context = async () => ({ stage: 'test', hashKey: 'key' })
    const outlets = [topicOutlet(failing, 'plain'), ...others]
    return {
      publisher: createPublisher({ events: { outlets, parked, context }, telemetry }),
      subscriber,
      parked,
      telemetry,
    }
  }

  const failsEach = async () => ({ Failed: [{ Id: '0', Code: 'InternalError', SenderFault: false }] })
  const isAway = async () => {
    throw new Error('away')
  }

  test('tries again what the topic refuses in an answer that says 200', async () => {
    const { publisher, subscriber } = await setUp([failsEach, isAway])
    await publisher({ Records: [change(undefined, row('sent', 1))] })
    expect(await take(subscriber, 1)).toMatchObject([{ data: { status: 'sent', previousStatus: null } }])
  })

  test('publishes texts with any characters, and all others beside one that the topic refuses', async () => {
    const refuses = async () => {
      throw Object.assign(new Error('refused'), { name: 'InvalidParameterException' })
    }
    const { publisher, subscriber, parked } = await setUp([refuses, refuses])
    const hostile = { campaign: `\uFFFE\t😀${'漢'.repeat(1_990)}` }
    await publisher({
      Records: [change(undefined, row('sent', 1, hostile)), change(undefined, row('unknown', 1, hostile))],
    })
    const [event] = await take(subscriber, 1)
    const { Messages = [] } = await parked.client.send(new ReceiveMessageCommand({ QueueUrl: parked.url }))
    const [refused] = Messages.map(({ Body = '' }) => parkedIn(Body) as { event: LedgerEvent })
    expect([event?.data.status, refused?.event.data.status].toSorted()).toEqual(['sent', 'unknown'])
    expect(event?.data.campaign).toBe(hostile.campaign)
  })

  test('fails where the topic refuses its credentials, which is no fault of the events', async () => {
    const refuses = async () => {
      throw Object.assign(new Error('refused'), { name: 'InvalidClientTokenId' })
    }
    const { publisher, parked } = await setUp([refuses, refuses, refuses, refuses])
    const Records = [change(undefined, row('sent', 1))]
    await expect(publisher({ Records })).rejects.toThrow('1 events were not published')
    expect((await parked.client.send(new ReceiveMessageCommand({ QueueUrl: parked.url }))).Messages ?? []).toEqual([])
  })

  test('fails where the topic is away, so that the batch comes again, with the same event', async () => {
    const { publisher, subscriber, parked } = await setUp([isAway, isAway, isAway, isAway])
    const Records = [change(undefined, row('sent', 1))]
    await expect(publisher({ Records })).rejects.toThrow('1 events were not published')
    await publisher({ Records })
    await publisher({ Records })
    const [one, other] = await take(subscriber, 2)
    expect(one).toEqual(other)
    expect((await parked.client.send(new ReceiveMessageCommand({ QueueUrl: parked.url }))).Messages ?? []).toEqual([])
  })

  test('parks after half a day what the topic does not take', async () => {
    const { publisher, parked, telemetry } = await setUp([isAway, isAway, isAway, isAway])
    await publisher({ Records: [change(undefined, row('sent', 1), 13 * 3_600)] })
    const { Messages = [] } = await parked.client.send(new ReceiveMessageCommand({ QueueUrl: parked.url }))
    expect(Messages.map(({ Body = '' }) => parkedIn(Body))).toMatchObject([
      { event: { data: { status: 'sent' } }, outlet: stack().topic.arn },
    ])
    expect(telemetry.parked).toEqual([1])
  })

  test('publishes to a topic and to an event bus, each with recipients in its own form and the same ids', async () => {
    const bus = await startEventBus()
    const { publisher, subscriber } = await setUp([], [bus.outlet('hashed')])
    await publisher({ Records: [change(undefined, row('sent', 1, { recipient: '+33600112233' }))] })
    const [event] = await take(subscriber, 1)
    expect(event?.data.recipient).toBe('+33600112233')
    expect(bus.taken.map(({ Detail }) => Detail.id)).toEqual([event?.id])
    expect(bus.taken[0]?.Detail.data.recipient).toMatch(/^[\w-]{22}$/)
    await bus.stop()
  })

  test('parks events for an event bus that cannot be reached, and waits for one that is throttled', async () => {
    const bus = await startEventBus()
    const { publisher, subscriber, parked, telemetry } = await setUp([], [bus.outlet('plain')])
    bus.answers.push(...Array.from({ length: 4 }, () => 'away' as const))
    await publisher({ Records: [change(undefined, row('sent', 1))] })
    const { Messages = [] } = await parked.client.send(new ReceiveMessageCommand({ QueueUrl: parked.url }))
    const [event] = await take(subscriber, 1)
    expect(Messages.map(({ Body = '' }) => parkedIn(Body))).toEqual([{ event, outlet: BUS }])
    expect(telemetry.parked).toEqual([1])
    bus.answers.push(...Array.from({ length: 6 }, () => 'throttled' as const))
    await publisher({ Records: [change(undefined, row('unknown', 1))] })
    expect(bus.taken.map(({ Detail }) => Detail.data.status)).toEqual(['unknown'])
    await bus.stop()
  })

  test('publishes no event for a change that leaves the delivery where it stood', async () => {
    const { publisher, subscriber } = await setUp()
    await publisher({
      Records: [
        change(row('sent', 1), row('sent', 2)),
        change(row('sent', 2), row('unknown', 3)),
        change(undefined, itemOf({ pk: 'sweep', sk: 'mark', sweptUntil: '2025' })),
      ],
    })
    expect(await take(subscriber, 1)).toMatchObject([{ data: { status: 'unknown', previousStatus: 'sent' } }])
  })
})
