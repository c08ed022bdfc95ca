import { randomUUID } from 'node:crypto'
import fc from 'fast-check'
import { afterEach, describe, expect, test, vi } from 'vitest'
import type { LedgerEvent } from '../functions/domain/event.ts'
import type { Outlet } from '../functions/platform/publishing.ts'
import { createPlainQueue } from '../local/resources.ts'
import { endpointOutlet } from '../operator/endpoint-outlet.ts'
import { createOutput } from '../operator/output.ts'
import { createProgram } from '../operator/program.ts'
import { type RepublishOptions, republish } from '../operator/republish.ts'
import { openLocal } from '../operator/target.ts'
import type { TargetEndpoint } from '../operator/webhooks.ts'
import { readAll, useStack } from './emulators.ts'
import { subscribe, take } from './subscriber.ts'
import { until } from './until.ts'

const { stack } = useStack()

afterEach(() => {
  vi.restoreAllMocks()
})

/** What a run publishes, and prints. */
async function run(options: Partial<RepublishOptions> = {}, outlet: Partial<Outlet> = {}, dryRun = false) {
  const published: LedgerEvent[] = []
  const batches: number[] = []
  const lines: string[] = []
  const capturing: Outlet = {
    arn: 'arn:aws:sns:test',
    recipients: 'masked',
    async publish(events) {
      batches.push(events.length)
      published.push(...events)
      return { left: [], isThrottled: false, refused: [] }
    },
    ...outlet,
  }
  const target = await openLocal(stack().url)
  const output = { ...createOutput({ dryRun }), print: (line: string) => lines.push(line), progress() {} }
  const all = { since: 0, rate: 10_000, ...options }
  const result = await republish(target, [capturing], output, all).catch((error: Error) => error)
  return { published, batches, lines, result }
}

const send = (id: string, status: string, date: string) =>
  fetch(`${stack().url}/webhooks/octopush`, {
    method: 'POST',
    headers: { 'x-api-key': 'local-key', 'content-type': 'application/json' },
    body: JSON.stringify({ channel: 'sms', message_id: id, number: '+33600112233', status, delivery_date: date }),
  })

const rowsOf = async (ids: readonly string[]) =>
  (await readAll(stack().ledger)).filter(({ messageId }) => ids.includes(String(messageId)))

/** Waits until the deliveries of messages are made of all their records. */
const followed = (ids: readonly string[]) =>
  until(async () => {
    const rows = await rowsOf(ids)
    const deliveries = (await readAll(stack().deliveries)).filter(({ messageId }) => ids.includes(String(messageId)))
    return deliveries.reduce((sum, { records }) => sum + Number(records), 0) === rows.length
  })

describe('republishing', () => {
  test('publishes the ids that were published at first: of each record, and of the last change of each delivery', async () => {
    const status = fc.constantFrom('PROCESSED', 'ISP_SEND', 'DELIVERED', 'READ', 'HARD_BOUNCE', 'UNDEFINED')
    const second = fc.integer({ min: 10, max: 59 })
    const message = fc.array(fc.tuple(status, second), { minLength: 1, maxLength: 4 })
    await fc.assert(
      fc.asyncProperty(fc.array(message, { minLength: 4, maxLength: 8 }), async (messages) => {
        const run1 = randomUUID()
        const ids = messages.map((_, index) => `${run1}-${index}`)
        const subscriber = await subscribe(stack())
        const told: LedgerEvent[] = []
        for (let round = 0; round < 4; round++) {
          const before = (await rowsOf(ids)).length
          const sent = messages.flatMap((callbacks, index) => {
            const [word, at] = callbacks[round] ?? []
            return word === undefined ? [] : [[ids[index] as string, word, `2025-01-22 11:46:${at}`] as const]
          })
          const repeated = new Set(
            messages.flatMap((callbacks, index) =>
              callbacks.slice(0, round).some((one) => String(one) === String(callbacks[round])) ? [ids[index]] : [],
            ),
          )
          for (const one of sent) expect((await send(...one)).status).toBe(200)
          const fresh = sent.filter(([id]) => !repeated.has(id)).length
          await until(async () => (await rowsOf(ids)).length === before + fresh)
          await followed(ids)
        }
        const of = (events: readonly LedgerEvent[], type: string) => events.filter((event) => event.type.endsWith(type))
        const rows = (await rowsOf(ids)).length
        const last = () => {
          const newest = new Map<string, LedgerEvent>()
          for (const event of of(told, 'changed'))
            if (event.sequence > (newest.get(event.subject)?.sequence ?? '')) newest.set(event.subject, event)
          return newest
        }
        const isWhole = async () => {
          told.push(...(await take(subscriber, 0)))
          const stands = (await readAll(stack().deliveries)).filter(({ messageId }) => ids.includes(String(messageId)))
          const newest = [...last().values()]
          return (
            new Set(of(told, 'recorded').map(({ id }) => id)).size === rows &&
            stands.every(({ messageId, status }) =>
              newest.some(({ data }) => data.messageId === messageId && data.status === status),
            )
          )
        }
        await until(isWhole)
        const { published, result } = await run()
        expect(result).toBe(true)
        const own = published.filter(({ data }) => ids.includes(data.messageId))
        const idsIn = (events: Iterable<LedgerEvent>) => [...events].map(({ id }) => id).toSorted()
        expect(idsIn(of(own, 'recorded'))).toEqual([...new Set(idsIn(of(told, 'recorded')))])
        expect(idsIn(of(own, 'changed'))).toEqual(idsIn(last().values()))
        for (const event of of(own, 'changed')) {
          const first = last().get(event.subject)
          expect({ ...event.data, recipient: null }).toEqual({ ...first?.data, recipient: null })
          expect(event.data.recipient).not.toBe(first?.data.recipient)
        }
      }),
      { numRuns: 3, endOnFailure: true },
    )
  }, 120_000)

  test('publishes what is within a time, and of one provider', async () => {
    const id = randomUUID()
    await send(id, 'DELIVERED', '2025-01-22 11:46:06')
    await until(async () => (await rowsOf([id])).length === 1)
    await followed([id])
    const of = async (options: Partial<RepublishOptions>) =>
      (await run(options)).published.filter(({ data }) => data.messageId === id).length
    expect(await of({})).toBe(2)
    expect(await of({ provider: 'octopush' })).toBe(2)
    expect(await of({ provider: 'telesign' })).toBe(0)
    expect(await of({ until: Date.now() - 3_600_000 })).toBe(0)
    expect(await of({ since: Date.now() + 3_600_000 })).toBe(0)
  })

  test('counts only in a dry run', async () => {
    const { published, lines } = await run({}, {}, true)
    expect(published).toEqual([])
    expect(lines.at(-1)).toMatch(/^\d+ rows read, [1-9]\d* events would be published$/)
  })

  test('keeps to its rate', async () => {
    const startedAt = performance.now()
    const { published, batches } = await run({ rate: 20 })
    const seconds = (performance.now() - startedAt) / 1_000
    expect(Math.max(...batches)).toBeLessThanOrEqual(20)
    expect((published.length - 20) / seconds).toBeLessThan(21)
  }, 60_000)

  test('stops where an outlet is away, and goes on from the position that it prints', async () => {
    const all = (await run()).published.map(({ id }) => id)
    let isAway = false
    const before: string[] = []
    const { result } = await run(
      { rate: 20 },
      {
        async publish(events) {
          if (before.length > 0) isAway = true
          if (!isAway) before.push(...events.map(({ id }) => id))
          return { left: isAway ? [...events] : [], isThrottled: false, refused: [] }
        },
      },
    )
    const { message } = result as Error
    expect(message).toMatch(/^\d+ events were not taken by arn:aws:sns:test: \d+ rows read, \d+ events published/)
    const [, after] = / --after (\S+)$/.exec(message) ?? []
    const rest = (await run(after === undefined ? {} : { after })).published.map(({ id }) => id)
    expect(new Set([...before, ...rest])).toEqual(new Set(all))
  })

  test('names events that are refused, and fails', async () => {
    const { result, lines } = await run(
      {},
      { publish: async ([event]) => ({ left: [], isThrottled: false, refused: event ? [event] : [] }) },
    )
    expect(result).toBe(false)
    expect(lines[0]).toMatch(/^failed: event [\w-]{22} was refused$/)
  })
})

test('ledger republish --to sends to the queue of one endpoint alone what passes its filter, in its form', async () => {
  const id = randomUUID()
  await send(id, 'DELIVERED', '2025-01-22 11:46:06')
  await until(async () => (await rowsOf([id])).length === 1)
  await followed([id])
  const queue = await createPlainQueue(stack().queue.client, `endpoint-${randomUUID()}`)
  const target = await openLocal(stack().url)
  const filter = { type: ['delivery-ledger.delivery.changed'], status: ['delivered'] }
  const endpoint = { queue, filter, recipients: 'hashed' } as unknown as TargetEndpoint
  const output = { ...createOutput({}), print() {}, progress() {} }
  expect(await republish(target, [endpointOutlet(endpoint)], output, { since: 0, rate: 1_000 })).toBe(true)
  const events = await take(queue, 1)
  expect(new Set(events.map(({ type, data }) => `${type} ${data.status}`))).toEqual(
    new Set(['delivery-ledger.delivery.changed delivered']),
  )
  const own = events.filter(({ data }) => data.messageId === id)
  expect(own.map(({ data }) => data.recipient)).toEqual([expect.stringMatching(/^[\w-]{22}$/)])
})

test('ledger republish refuses an endpoint that the stack does not have', async () => {
  const said = vi.spyOn(process.stderr, 'write').mockImplementation(() => true)
  let code = 0
  await createProgram((failed) => {
    code = failed
  }).parseAsync(['--url', stack().url, 'republish', '--since', '1h', '--to', 'nobody'], { from: 'user' })
  expect([code, String(said.mock.calls[0]?.[0])]).toEqual([1, expect.stringContaining('endpoint')])
})
