import { describe, expect, test } from 'vitest'
import type { Callback } from '../functions/domain/callback.ts'
import type { Normalizer } from '../functions/domain/normalizer.ts'
import type { Provider } from '../functions/domain/provider.ts'
import type { Status } from '../functions/domain/status.ts'
import { providers } from '../functions/providers/index.ts'
import { showMessage } from '../functions/query/messages.ts'
import { createWorker } from '../functions/worker/worker.ts'
import { remap } from '../operator/remap.ts'
import type { Target } from '../operator/target.ts'
import { callbackWith } from './callbacks.ts'
import { createTestWorker, eventOf, readAll, readLedger, recordingTelemetry, useDynamoDb } from './emulators.ts'

const dynamoDb = useDynamoDb()

const octopush = providers.find(({ id }) => id === 'octopush') as Provider

/** Octopush's mapping, the next version, in which some words mean something else. */
async function corrected(words: Record<string, Status>): Promise<Normalizer> {
  const mapping = await octopush.loadNormalizer()
  return { ...mapping, version: mapping.version + 1, statuses: { ...mapping.statuses, ...words } }
}

/** A worker of today, one that knows the corrected words, and the tables of both. */
async function upgrade(words: Record<string, Status>) {
  const old = await createTestWorker(dynamoDb)
  const mapping = await corrected(words)
  const catalogue = [{ ...octopush, loadNormalizer: async () => mapping }]
  const telemetry = recordingTelemetry()
  const worker = createWorker({ providers: catalogue, ledger: old.ledger, quarantine: old.quarantine, telemetry })
  const deliveries = await dynamoDb.newDeliveries()
  const target = { ledger: old.ledger, deliveries } as Target
  const lines: string[] = []
  const output = { dryRun: false, print: (line: string) => lines.push(line), printJson() {}, progress() {} }
  return {
    old,
    next: { worker, telemetry },
    lines,
    remap: (options = {}) => remap(target, output, 'octopush', mapping, options),
    rows: () => readLedger(old.ledger),
    standing: async () => (await readAll(deliveries)).map(({ messageId, status }) => `${messageId} ${status}`),
    status: async (messageId = 'm') => {
      const { deliveries } = await showMessage(old.ledger, { provider: 'octopush', messageId }, {})
      return deliveries.map(({ status }) => status)
    },
  }
}

const callback = (payload: object): Callback => callbackWith('octopush', JSON.stringify(payload))

const sms = (status: string, message_id = 'm') =>
  callback({ channel: 'sms', message_id, number: '+33600112233', status, delivery_date: '2025-01-22 11:46:06' })

const email = (status: string, delivery_date: string, status_history: object[] = []) =>
  callback({
    channel: 'email',
    message_id: 'm',
    deliveries: [{ email: 'a@example.com', status, unit_price: 0.5, delivery_date, status_history }],
  })

describe.each<[string, string, Status, Status]>([
  ['a word is added', 'TELEPORTED', 'unknown', 'delivered'],
  ['a word moves up', 'REFUSED', 'undelivered', 'read'],
  ['a word moves down', 'DELIVERED', 'delivered', 'undelivered'],
  ['a word changes within its rank', 'REFUSED', 'undelivered', 'rejected'],
])('where %s', (_, word, before, after) => {
  test('the same queue message, processed before and after, is one row', async () => {
    const { old, next, rows } = await upgrade({ [word]: after })
    await old.worker(eventOf([sms(word)]))
    await next.worker(eventOf([sms(word)], 2))
    await old.worker(eventOf([sms(word)], 3))
    expect((await rows()).map(({ status }) => status)).toEqual([before])
    expect(next.telemetry.outcomes.map(({ result }) => result)).toEqual(['duplicate'])
  })

  test('an old and a new worker side by side leave one row of each fact', async () => {
    const { old, next, rows } = await upgrade({ [word]: after })
    const callbacks = Array.from({ length: 20 }, (_, index) => sms(word, `m${index}`))
    await Promise.all([old.worker(eventOf(callbacks)), next.worker(eventOf(callbacks.toReversed()))])
    expect(new Set((await rows()).map(({ messageId }) => messageId)).size).toBe(20)
    expect(await rows()).toHaveLength(20)
  })

  test('a history that is reported again adds no row', async () => {
    const { old, next, rows } = await upgrade({ [word]: after })
    await old.worker(eventOf([email(word, '2025-01-22 12:00:00')]))
    const entry = { status: word, delivery_date: '2025-01-22 12:00:00' }
    await next.worker(eventOf([email('CLICKED', '2025-01-22 12:00:05', [entry])]))
    expect((await rows()).map(({ providerStatus }) => providerStatus)).toEqual([word, 'CLICKED'])
  })

  test('remap shows what would change, changes it, and then finds nothing', async () => {
    const { old, next, remap, rows, status, standing, lines } = await upgrade({ [word]: after })
    await old.worker(eventOf([sms(word), sms(word, 'm2'), sms('ACK', 'other')]))
    const kept = await rows()
    await remap()
    expect(await rows()).toEqual(kept)
    expect(lines.join('\n')).toMatch(new RegExp(`2 +${word} +${before} +${after} +m`))
    expect(lines.at(-1)).toBe('3 rows read, 3 would change (--apply changes them)')
    await remap({ apply: true })
    expect(await status()).toEqual([after])
    expect((await standing()).toSorted()).toEqual([`m ${after}`, `m2 ${after}`, 'other sent'])
    const [mapped, asNew] = [await rows(), await upgrade({ [word]: after })]
    await asNew.next.worker(eventOf([sms(word), sms(word, 'm2'), sms('ACK', 'other')]))
    expect(mapped).toEqual(await asNew.rows())
    await next.worker(eventOf([sms(word)], 2))
    expect(await rows()).toEqual(mapped)
    await remap({ apply: true })
    expect(lines.at(-1)).toBe('3 rows read, 0 changed')
  })
})

test('remap keeps the order of a provider that has its own', async () => {
  const { worker, ledger } = await createTestWorker(dynamoDb)
  const payload = { messageId: 'm', status: 'DISPATCHED', statusOrder: 7, statusDate: '2025-01-22T10:00:00Z' }
  await worker(eventOf([{ ...callback(payload), provider: 'nifteem' }]))
  const nifteem = providers.find(({ id }) => id === 'nifteem') as Provider
  const mapping = await nifteem.loadNormalizer()
  const next: Normalizer = { ...mapping, version: 9, statuses: { ...mapping.statuses, DISPATCHED: 'sent' } }
  const silent = { dryRun: false, print() {}, printJson() {}, progress() {} }
  const deliveries = await dynamoDb.newDeliveries()
  await remap({ ledger, deliveries } as Target, silent, 'nifteem', next, { apply: true })
  expect(await readLedger(ledger)).toMatchObject([{ status: 'sent', final: false, order: 7, normalizer: 9 }])
})

test('remap leaves other providers alone, and refuses an unknown position', async () => {
  const { old, remap, rows, lines } = await upgrade({ ACK: 'delivered' })
  const foreign = { messageId: 'm', status: 'SENT', statusDate: '2025-01-22T10:00:00Z' }
  await old.worker(eventOf([{ ...callback(foreign), provider: 'nifteem' }]))
  const kept = await rows()
  await remap({ apply: true })
  expect(await rows()).toEqual(kept)
  expect(lines.at(-1)).toBe('1 rows read, 0 changed')
  await expect(remap({ after: 'AAAA' })).rejects.toThrow('--after: expected')
})

test('remap that is interrupted says where to continue', async () => {
  const { old, remap, lines } = await upgrade({ ACK: 'delivered' })
  await old.worker(eventOf([sms('ACK')]))
  const { client } = old.ledger
  const send = client.send.bind(client)
  const failing = Object.assign(Object.create(client), {
    send: (command: object) =>
      command.constructor.name === 'UpdateItemCommand' ? Promise.reject(new Error('cut off')) : send(command as never),
  })
  old.ledger.client = failing
  await expect(remap({ apply: true })).rejects.toThrow('cut off: 0 rows read, 0 changed')
  old.ledger.client = client
  await remap({ apply: true })
  expect(lines.at(-1)).toBe('1 rows read, 1 changed')
})

test('remap that is stopped ends after the part under way, and goes on from there', async () => {
  const { old, remap, rows, lines } = await upgrade({ ACK: 'delivered' })
  await old.worker(eventOf([sms('ACK', 'a'), sms('ACK', 'b'), sms('ACK', 'c')]))
  const { client } = old.ledger
  const send = client.send.bind(client)
  old.ledger.client = Object.assign(Object.create(client), {
    send: (command: { input: object; constructor: { name: string } }) => {
      if (command.constructor.name === 'ScanCommand') {
        Object.assign(command.input, { Limit: 1 })
        if (lines.length === 0) process.emit('SIGINT')
      }
      return send(command as never)
    },
  })
  const stopped = await remap({ apply: true }).catch(({ message }) => message)
  expect(stopped).toMatch(/^interrupted: 1 rows read, 1 changed; continue with --after /)
  lines.push(stopped)
  await remap({ apply: true, after: stopped.split('--after ')[1] })
  expect(lines.at(-1)).toBe('2 rows read, 2 changed')
  expect((await rows()).map(({ status }) => status)).toEqual(['delivered', 'delivered', 'delivered'])
})
