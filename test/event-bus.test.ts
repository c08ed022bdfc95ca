import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type LedgerEvent, recordedEvent } from '../functions/domain/event.ts'
import { statusRecord } from './domain/records.ts'
import { BUS, startEventBus } from './event-bus.ts'

let bus: Awaited<ReturnType<typeof startEventBus>>
beforeEach(async () => {
  bus = await startEventBus()
})
afterEach(() => bus.stop())

const context = { stage: 'prod', hashKey: 'key', recipients: 'masked' } as const

const eventOf = (messageId: string, more: object = {}): LedgerEvent =>
  recordedEvent(context, { pk: `octopush#${messageId}`, sk: '##' }, statusRecord('sent', 0, { messageId, ...more }))

const events = (count: number, more: object = {}) => [...Array(count).keys()].map((n) => eventOf(`id-${n}`, more))

describe('an event bus', () => {
  test('takes an event whole, under its type and its source', async () => {
    const event = eventOf('😀\uFFFE')
    expect(await bus.outlet('masked').publish([event])).toEqual({ left: [], isThrottled: false, refused: [] })
    expect(bus.taken).toEqual([
      {
        EventBusName: BUS,
        DetailType: 'delivery-ledger.status.recorded',
        Source: '/delivery-ledger/prod/octopush',
        Detail: event,
      },
    ])
  })

  test('is sent ten events a request, and no more than 250 KB', async () => {
    await bus.outlet('masked').publish(events(25))
    expect(bus.requests.map(({ length }) => length).toSorted()).toEqual([10, 10, 5].toSorted())
    bus.requests.length = 0
    const large = { description: '漢'.repeat(1_500), campaign: '漢'.repeat(1_500), reference: '漢'.repeat(1_500) }
    await bus.outlet('masked').publish(events(60, large))
    for (const request of bus.requests) expect(Buffer.byteLength(JSON.stringify(request))).toBeLessThan(256_000)
    expect(bus.taken).toHaveLength(85)
  })

  test('an entry that failed in an answer with 200 is sent again, and no other', async () => {
    bus.answers.push([undefined, 'InternalFailure'])
    const [one, other] = events(2) as [LedgerEvent, LedgerEvent]
    expect(await bus.outlet('masked').publish([one, other])).toMatchObject({ left: [], refused: [] })
    expect(bus.requests.map((entries) => entries.map(({ Detail }) => Detail.id))).toEqual([
      [one.id, other.id],
      [other.id],
    ])
  })

  test('refuses what it can never take, without another try', async () => {
    bus.answers.push(['MalformedDetail'])
    const [one, other] = events(2) as [LedgerEvent, LedgerEvent]
    const { left, refused } = await bus.outlet('masked').publish([one, other])
    expect([left, refused]).toEqual([[], [one]])
    expect(bus.requests).toHaveLength(1)
  })

  test('leaves what it does not take in time', async () => {
    bus.answers.push(...Array.from({ length: 4 }, () => 'away' as const))
    const [event] = events(1) as [LedgerEvent]
    expect(await bus.outlet('masked').publish([event])).toEqual({ left: [event], isThrottled: false, refused: [] })
    bus.answers.push(...Array.from({ length: 100 }, () => ['ThrottlingException']))
    const { left, isThrottled } = await bus.outlet('masked').publish([event], Date.now() + 300)
    expect([left, isThrottled]).toEqual([[event], true])
  })
})
