import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DeleteItemCommand } from '@aws-sdk/client-dynamodb'
import { GetQueueAttributesCommand, PurgeQueueCommand, SendMessageCommand } from '@aws-sdk/client-sqs'
import { afterAll, describe, expect, test } from 'vitest'
import { recordedEvent } from '../functions/domain/event.ts'
import type { Secret } from '../functions/domain/request.ts'
import { park } from '../functions/platform/parking.ts'
import { findQuarantined } from '../functions/platform/quarantine.ts'
import { countMessages } from '../functions/platform/queue.ts'
import { providers } from '../functions/providers/index.ts'
import { LOCAL_KEY } from '../local/credentials.ts'
import { readFixtures } from '../local/fixtures.ts'
import { inOneLine } from '../operator/failure.ts'
import { barOf } from '../operator/output.ts'
import { rotateKey } from '../operator/rotate.ts'
import { readMoment } from '../operator/selection.ts'
import type { Target } from '../operator/target.ts'
import { runLedger } from './command-line.ts'
import { statusRecord } from './domain/records.ts'
import { readAll, useStack } from './emulators.ts'
import { until } from './until.ts'

const { stack, telemetry } = useStack()
const folder = mkdtempSync(join(tmpdir(), 'delivery-ledger-operator-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** Runs a command line on the stack; gives what it printed, line by line, and its exit code. */
const ledger = (...args: string[]) => runLedger('--url', stack().url, ...args)

const settle = (count: number) => until(() => telemetry.outcomes.length >= count)

async function post(provider: string, body: string) {
  const before = telemetry.outcomes.length
  const response = await fetch(`${stack().url}/webhooks/${provider}`, {
    method: 'POST',
    body,
    headers: { 'x-api-key': LOCAL_KEY },
  })
  expect(response.status).toBe(200)
  await settle(before + 1)
}

describe('send and show', () => {
  test.each(providers)('a callback of $id, as it would send it', async ({ id }) => {
    const document = readFixtures(id).find(({ name }) => name.startsWith('document-'))
    const content = document?.method === 'GET' ? Buffer.from(document.target.split('?')[1] ?? '') : document?.body
    const file = join(folder, `${id}.json`)
    writeFileSync(file, content ?? '')
    const before = telemetry.outcomes.length
    expect((await ledger('--json', 'send', id, file, '--dry-run')).json()).toMatchObject([{ bytes: content?.length }])
    const { code, json } = await ledger('--json', 'send', id, file, '--id', 'by-hand')
    expect([code, json()]).toMatchObject([0, [{ status: 200 }]])
    await settle(before + 1)
    const { provider, messageId } = telemetry.outcomes.at(-1)?.records[0] ?? {}
    expect(provider).toBe(id)
    const [message] = (await ledger('--json', 'show', id, String(messageId))).json()
    const asked = await (await fetch(`${stack().url}/v1/messages/${id}/${messageId}`)).json()
    expect({ ...message, cursor: null }).toEqual(asked)
    const [title, ...rest] = (await ledger('show', String(messageId))).lines
    expect(title).toMatch(`${id} ${messageId}: `)
    expect(rest.slice(0, 2).join('\n')).toMatch(/\bstatus +providerStatus\b.* receivedAt$/m)
  })

  test('why a message failed, what it cost and when it was received, whoever sent it', async () => {
    await post(
      'octopush',
      JSON.stringify({
        ...{ channel: 'sms', message_id: 'costly', number: '+33600112233', status: 'NOT_DELIVERED', unit_price: 0.05 },
        delivery_date: '2025-01-22 11:46:06',
      }),
    )
    const before = telemetry.outcomes.length
    const target = `${stack().url}/custom/v1/broadcast/messages/costly/status`
    const body = JSON.stringify({ status: 'failed', error_message: 'no such handset' })
    expect((await fetch(target, { method: 'POST', body, headers: { 'x-api-key': LOCAL_KEY } })).status).toBe(200)
    await settle(before + 1)
    const { lines } = await ledger('show', 'costly')
    expect(lines).toEqual([
      'avaamo costly: Failed',
      expect.stringMatching(/^status +providerStatus +reason +receivedAt$/),
      expect.stringMatching(/^failed \(final\) +failed +no such handset +\d{4}-\d\d-\d\dT/),
      'octopush costly: Not delivered by SMS',
      expect.stringMatching(/ price +receivedAt$/),
      expect.stringMatching(
        /^2025-01-22T10:46:06.000Z +\+33600112233 +sms +undelivered \(final\) +NOT_DELIVERED +0.05 /,
      ),
    ])
    expect((await ledger('show', 'avaamo', 'costly')).lines).toHaveLength(3)
    expect(await ledger('show', 'acme', 'costly')).toMatchObject({
      code: 1,
      said: [`provider: expected one of ${providers.map(({ id }) => id).join(', ')}, not acme`],
    })
  })

  test('a callback from the standard input, of another content type', async () => {
    const child = spawn(process.execPath, [
      'bin/ledger.ts',
      '--json',
      '--url',
      stack().url,
      'send',
      'nifteem',
      '-',
      '--content-type',
      'text/x-odd',
    ])
    const before = telemetry.outcomes.length
    child.stdin.end('from a pipe')
    const [printed] = await once(child.stdout.setEncoding('utf8'), 'data')
    expect(JSON.parse(printed)).toMatchObject({ status: 200 })
    await settle(before + 1)
    expect(telemetry.outcomes.at(-1)?.callback).toMatchObject({ body: 'from a pipe', contentType: 'text/x-odd' })
    expect((await ledger('quarantine', 'drop', '--provider', 'nifteem')).code).toBe(0)
  })

  test('a file that is not there is named', async () => {
    expect(await ledger('send', 'octopush', 'none.json')).toMatchObject({ code: 1, said: ['none.json: no such file'] })
  })

  test.each(providers)('an example of $id without a file', async ({ id }) => {
    const before = telemetry.outcomes.length
    expect(await ledger('send', id)).toMatchObject({ code: 0, said: [] })
    // Where the emulator is slow, one of an earlier example comes once more.
    const ended = () => telemetry.outcomes.slice(before).find(({ callback }) => callback.provider === id)
    expect(await until(ended)).toMatchObject({ records: [{ provider: id }] })
  })

  test('the request of a dry run, where it is short', async () => {
    const { lines } = await ledger('send', 'octopush', '--dry-run')
    expect(lines.slice(1, 3)).toEqual([
      expect.stringMatching(/^POST http:\S+\/webhooks\/octopush/),
      'content-type: application/json',
    ])
    expect(JSON.parse(String(lines[3]))).toMatchObject({ channel: 'sms' })
    const file = join(folder, 'long.json')
    writeFileSync(file, ' '.repeat(5_000))
    expect((await ledger('send', 'octopush', file, '--dry-run')).lines).toHaveLength(1)
  })

  test('a form is posted, also by a provider that may call with GET', async () => {
    const file = join(folder, 'form.txt')
    const form = readFixtures('vonagesms').find(({ name }) => name === 'document-form')
    writeFileSync(file, form?.body ?? '')
    const before = telemetry.outcomes.length
    expect((await ledger('send', 'vonagesms', file)).code).toBe(0)
    await settle(before + 1)
    expect(telemetry.outcomes.at(-1)?.callback).toMatchObject({ provider: 'vonagesms', method: 'POST' })
  })

  test('a fixture with CRLF is named, with what to do', async () => {
    const file = join(folder, 'crlf.http')
    writeFileSync(file, 'POST /webhooks/octopush HTTP/1.1\r\nHost: x\r\n\r\n{}')
    expect(await ledger('send', 'octopush', file)).toMatchObject({
      code: 1,
      said: [expect.stringMatching(/crlf\.http: expected .*LF at its end, not CRLF/)],
    })
  })

  test('a URL without http:// is refused', async () => {
    await expect(ledger('--url', '127.0.0.1:4320', 'show', 'x')).rejects.toThrow('http://127.0.0.1:4320')
    expect((await ledger('show', 'nothing')).lines).toEqual(['no record of nothing from any provider'])
  })

  test('what is not there, and that no stack listens', async () => {
    expect(await ledger('show', 'octopush', 'nothing')).toMatchObject({
      code: 1,
      lines: ['no record of nothing from octopush'],
    })
    const lost = await ledger('--url', 'http://127.0.0.1:1', 'show', 'octopush', 'nothing')
    expect(lost).toMatchObject({
      code: 1,
      said: [expect.stringMatching(/^--url: no local stack listens on http:\/\/127.0.0.1:1; start it/)],
    })
  })
})

describe('quarantine', () => {
  const list = async (...args: string[]) => (await ledger('--json', 'quarantine', 'list', ...args)).json()

  test('is listed, shown, replayed and emptied, by id or by what is chosen', async () => {
    for (const body of ['{"first":1}', '{"second":2}', 'third\u001b[31m']) await post('nifteem', body)
    await post('octopush', '{}')
    expect(await list()).toHaveLength(4)
    expect(await list('--limit', '2')).toHaveLength(2)
    expect(await list('--provider', 'octopush')).toMatchObject([
      { provider: 'octopush', reason: expect.stringContaining('expected') },
    ])
    expect(await list('--reason', 'EXPECTED JSON')).toHaveLength(1)
    expect(await list('--since', '1h')).toHaveLength(4)
    expect(await list('--until', '1h')).toHaveLength(0)

    const [{ id }] = await list('--reason', 'expected json')
    const shown = await ledger('quarantine', 'show', id)
    expect(shown.lines).toEqual(['body: expected JSON', expect.stringContaining('nifteem, '), 'third·[31m'])
    expect((await ledger('--json', 'quarantine', 'show', id)).json()).toMatchObject([
      { id, callback: { body: 'third\u001b[31m' } },
    ])

    const before = telemetry.outcomes.length
    expect((await ledger('quarantine', 'replay', '--provider', 'nifteem', '--dry-run')).lines.at(-1)).toBe(
      '3 would be replayed',
    )
    expect(await ledger('quarantine', 'replay', '--provider', 'nifteem')).toMatchObject({
      code: 1,
      lines: [
        '3 replayed: 3 still unreadable',
        expect.stringMatching(/^ {2}2 × messageId: expected text; /),
        '  1 × body: expected JSON',
      ],
    })
    expect((await ledger('--json', 'quarantine', 'replay', id)).json()).toEqual([
      { id, outcome: 'unreadable', reason: 'body: expected JSON' },
    ])
    expect((await ledger('quarantine', 'list', '--reason', 'expected json')).lines[0]).toMatch(
      /body: expected JSON \(replayed \d{4}-\d\d-\d\dT\S+Z\)$/,
    )
    expect(telemetry.outcomes.slice(before).map(({ callback }) => callback.replay)).toEqual([true, true, true, true])

    expect((await ledger('--json', 'quarantine', 'drop', id, '--dry-run')).json()).toEqual([{ id, dropped: false }])
    expect(await list()).toHaveLength(4)
    expect((await ledger('--json', 'quarantine', 'drop', id)).json()).toEqual([{ id, dropped: true }])
    expect(await ledger('quarantine', 'show', id)).toMatchObject({ code: 1 })
    expect((await ledger('quarantine', 'drop', '--all')).lines).toEqual(['3 of 3 dropped'])
    expect((await ledger('quarantine', 'list')).lines).toEqual(['nothing is quarantined'])
  })

  test('says which item is incomplete, and drops it', async () => {
    const { quarantine } = stack()
    await post('nifteem', '{"first":1}')
    const [{ id }] = await list()
    const item = await findQuarantined(quarantine, id)
    const Key = { pk: { S: String(item?.body.key) }, sk: { S: '0000' } }
    await quarantine.client.send(new DeleteItemCommand({ TableName: quarantine.name, Key }))
    expect(await list()).toMatchObject([{ id, reason: expect.stringContaining('expected') }])
    expect((await ledger('quarantine', 'show', id)).lines.at(-1)).toBe(
      '(its body is incomplete: it can only be dropped)',
    )
    expect(await ledger('quarantine', 'replay', id)).toMatchObject({
      code: 1,
      lines: ['0 replayed; 1 incomplete, which can only be dropped'],
    })
    expect((await ledger('quarantine', 'drop', id)).lines).toEqual(['1 of 1 dropped'])
    expect(await list()).toEqual([])
  })

  test('is not changed as a whole by mistake', async () => {
    for (const verb of ['replay', 'drop'])
      expect(await ledger('quarantine', verb)).toMatchObject({
        code: 1,
        said: ['choose which: ids, --provider, --reason, --since, --until, --all'],
      })
    expect(await ledger('dead-letters', 'redrive')).toMatchObject({
      code: 1,
      said: ['choose which: ids, --provider, --since, --until, --all'],
    })
    expect(await ledger('quarantine', 'drop', 'x', '--provider', 'octopush')).toMatchObject({
      code: 1,
      said: [expect.stringContaining('not by both')],
    })
    expect(await ledger('quarantine', 'drop', 'x')).toMatchObject({
      code: 1,
      said: ['no quarantined callback has the id x'],
    })
  })
})

describe('deliveries', () => {
  const ACK = { channel: 'sms', number: '+33600112244', status: 'ACK', delivery_date: '2025-01-22 11:46:06' }
  const sms = (message_id: string, more: object = {}) =>
    post('octopush', JSON.stringify({ ...ACK, message_id, list_name: 'found', ...more }))
  const paris = new Intl.DateTimeFormat('sv', { timeZone: 'Europe/Paris', dateStyle: 'short', timeStyle: 'medium' })
  const ago = (minutes: number) => ({ delivery_date: paris.format(Date.now() - minutes * 60_000) })

  /** What a command finds, when it is as much. */
  const found = (count: number, ...args: string[]) =>
    until(async () => {
      const { code, json } = await ledger('--json', ...args)
      const ids = json().map(({ messageId }) => messageId)
      return ids.length === count ? { code, ids, items: json() } : undefined
    })

  test('are found by recipient, reference and campaign', async () => {
    await sms('found-1')
    await sms('found-2')
    await ledger('expect', 'octopush', 'found-3', '--reference', 'order 1', '--recipient', '+33600112244')
    const all = ['found-3', 'found-2', 'found-1']
    expect(await found(3, 'find', '--recipient', '0033 6 00 11 22 44')).toMatchObject({ code: 0, ids: all })
    expect((await found(2, 'find', '--campaign', 'found')).ids).toEqual(all.slice(1))
    expect((await found(1, 'find', '--reference', 'order 1')).items).toMatchObject([{ status: null, records: 0 }])
    const { lines } = await ledger('find', '--recipient', '+33600112244', '--limit', '2')
    expect(lines).toEqual([
      expect.stringMatching(
        /^firstAt +statusAt +provider +messageId +recipient +channel +status +reference +campaign +sentAt/,
      ),
      expect.stringMatching(/^\d{4}-\S+Z +- +octopush +found-3 +\+33600112244 +- +expected +order 1 +- /),
      expect.stringMatching(
        /^\d{4}-\S+Z +2025-01-22T10:46:06.000Z +octopush +found-2 +\+33600112244 +sms +sent +- +found /,
      ),
      'there are more: --limit',
    ])
  })

  test('of a number without its country code are not found, with what to do', async () => {
    expect(await ledger('find', '--recipient', '06 00 11 22 44')).toMatchObject({
      code: 1,
      lines: ['nothing found. Write a number with its country code: +33…'],
    })
  })

  test('are found by one question, or not at all', async () => {
    expect(await ledger('find', '--reference', 'nobody’s')).toMatchObject({ code: 1, lines: ['nothing found'] })
    for (const args of [[], ['--reference', 'a', '--campaign', 'b']])
      expect(await ledger('find', ...args)).toMatchObject({
        code: 1,
        said: ['find by one of --recipient, --reference, --campaign'],
      })
  })

  test('that failed are listed, newest first', async () => {
    await sms('failed-1', { status: 'NOT_DELIVERED', ...ago(90) })
    await sms('failed-2', { status: 'BLACKLISTED_NUMBER', ...ago(10) })
    await sms('failed-3', { status: 'EXPIRED', ...ago(3 * 24 * 60) })
    expect((await found(3, 'failed', '--provider', 'octopush', '--since', '4d')).ids).toEqual([
      'failed-2',
      'failed-1',
      'failed-3',
    ])
    expect((await found(2, 'failed', '--provider', 'octopush')).ids).toEqual(['failed-2', 'failed-1'])
    expect((await found(1, 'failed', '--provider', 'octopush', '--since', '1h')).ids).toEqual(['failed-2'])
    const undelivered = await ledger('--json', 'failed', '--status', 'undelivered')
    expect(undelivered.json()).toContainEqual(expect.objectContaining({ messageId: 'failed-1', status: 'undelivered' }))
    expect(undelivered.lines.join()).not.toContain('failed-2')
    expect((await ledger('failed', '--since', '4d', '--limit', '2')).lines.at(-1)).toBe('there are more: --limit')
    expect((await ledger('failed', '--provider', 'telesign')).lines).toEqual(['nothing failed'])
  })

  test('that are overdue are listed', async () => {
    expect((await ledger('overdue', '--provider', 'telesign')).lines).toEqual(['nothing is overdue'])
    const about = ['--sent-at', '2h', '--patience', '3600', '--part', '2', '--channel', 'sms', '--campaign', 'late']
    expect((await ledger('expect', 'telesign', 'late-1', ...about)).lines).toEqual(['expected: telesign late-1'])
    const { items } = await found(1, 'overdue', '--provider', 'telesign')
    expect(items).toMatchObject([{ messageId: 'late-1', part: 2, channel: 'sms', campaign: 'late', status: null }])
    expect((await ledger('overdue')).lines.join('\n')).toContain('late-1')
    const shown = await ledger('show', 'late-1')
    expect(shown).toMatchObject({
      code: 0,
      lines: ['telesign late-1: Overdue for 1 h, nothing received yet', ...[1, 2].map(() => expect.anything())],
    })
    expect(shown.lines.at(-1)).toMatch(/ expected +late +\S+Z +\S+Z$/)
    expect((await ledger('--json', 'show', 'late-1')).json()).toMatchObject([{ deliveries: [], expected: items }])
    expect((await ledger('show', 'late-1', '--recipient', '+33600112244')).code).toBe(1)
  })

  test.each([
    ['--recipient', '', 'recipient: expected a text of 1 to 1024 characters'],
    ['--part', '1.5', 'part: expected a whole number from 0 to 9999999999'],
    ['--sent-at', '1999-12-31', 'sentAt: expected a time in RFC 3339'],
  ])('are not expected with %s %s', async (flag, value, expectation) => {
    const said = [expect.stringContaining(expectation)]
    expect(await ledger('expect', 'telesign', 'late-2', flag, value)).toMatchObject({ code: 1, said })
  })

  test('are made again from the ledger, all of them or those of new records', async () => {
    const { deliveries } = stack()
    const rows = async () =>
      (await readAll(deliveries))
        .filter(({ sk }) => String(sk).startsWith('delivery#'))
        .map(({ version, ...row }) => row as Record<string, unknown>)
    await sms('again')
    await found(4 + 2, 'find', '--campaign', 'found')
    const before = await rows()
    const drop = async () => {
      for (const { pk, sk } of before)
        await deliveries.client.send(
          new DeleteItemCommand({ TableName: deliveries.name, Key: { pk: { S: `${pk}` }, sk: { S: `${sk}` } } }),
        )
    }
    await drop()
    expect((await ledger('project', '--since', '2199-01-01')).lines).toEqual([
      expect.stringMatching(/, 0 deliveries made$/),
    ])
    const { code, lines } = await ledger('project', '--since', '1d')
    expect([code, lines]).toEqual([0, [expect.stringMatching(`^\\d+ rows read, ${before.length} deliveries made$`)]])
    expect(await rows()).toEqual(before)
    await drop()
    await ledger('project')
    expect(await rows()).toEqual(before)
    expect(await ledger('project', '--after', 'AAAA')).toMatchObject({
      code: 1,
      said: [expect.stringContaining('--after')],
    })
  })

  test('of parked records are made, and leave their queue', async () => {
    const { parked, deliveries, ledger: table } = stack()
    const [row] = (await readAll(table)).filter(({ messageId }) => messageId === 'again')
    const [delivery] = (await readAll(deliveries)).filter(({ messageId }) => messageId === 'again')
    const Key = { pk: { S: String(delivery?.pk) }, sk: { S: String(delivery?.sk) } }
    await deliveries.client.send(new DeleteItemCommand({ TableName: deliveries.name, Key }))
    await park(parked, [{ key: { pk: String(row?.pk), sk: String(row?.sk) } }])
    expect(await ledger('project', '--parked', '--since', '1h')).toMatchObject({ code: 1 })
    expect(await ledger('project', '--parked')).toMatchObject({ code: 0, lines: ['1 deliveries made'] })
    expect(await countMessages(parked)).toBe(0)
    const { version, ...made } = delivery as Record<string, unknown>
    expect(await readAll(deliveries)).toContainEqual(expect.objectContaining(made))
    await park(parked, [{ event: parkedEvent(String(row?.pk), String(row?.sk)) }])
    expect(await ledger('project', '--parked')).toMatchObject({
      code: 0,
      lines: ['0 deliveries made, 1 events published'],
    })
    await park(parked, [{ event: parkedEvent(String(row?.pk), String(row?.sk)), outlet: stack().topic.arn }])
    expect(await ledger('project', '--parked')).toMatchObject({ code: 0 })
    await park(parked, [{ event: parkedEvent(String(row?.pk), String(row?.sk)), outlet: 'arn:aws:sns:gone' }])
    expect(await ledger('project', '--parked')).toMatchObject({
      code: 1,
      lines: [
        expect.stringMatching(/^failed: event [\w-]{22}: the stack no longer publishes to arn:aws:sns:gone$/),
        '0 deliveries made, 1 failed',
      ],
    })
    await parked.client.send(new PurgeQueueCommand({ QueueUrl: parked.url }))
    await parked.client.send(new SendMessageCommand({ QueueUrl: parked.url, MessageBody: '{}' }))
    expect(await ledger('project', '--parked')).toMatchObject({
      code: 1,
      lines: ['failed: {}: expected the key of a row, or an event', '0 deliveries made, 1 failed'],
    })
    expect(await countMessages(parked)).toBe(1)
  })

  test('are shown with their reference, campaign and since when they are overdue, and final where they stand', async () => {
    await sms('told', { list_name: 'told', delivery_date: '2025-01-22 11:46:06' })
    await sms('told', { list_name: 'told', status: 'DELIVERED', delivery_date: '2025-01-22 11:46:07' })
    await sms('told', { list_name: 'told', status: 'OPENED', delivery_date: '2025-01-22 11:46:08' })
    await ledger('expect', 'octopush', 'told', '--reference', 'order 2', '--recipient', '+33600112244')
    await found(1, 'find', '--reference', 'order 2')
    // The follower may find the expectation met a moment later.
    await expect
      .poll(async () => (await ledger('show', 'told')).lines[1], { timeout: 20_000 })
      .toBe('reference order 2 · campaign told')
    const { lines } = await ledger('show', 'told')
    expect(lines.filter((line) => line.includes('(final)'))).toHaveLength(1)
    expect(lines.at(-1)).toContain('(final)')
    await ledger(
      'expect',
      'octopush',
      'told-late',
      '--recipient',
      '+33600112244',
      '--sent-at',
      '2h',
      '--patience',
      '3600',
    )
    await sms('told-late', { list_name: 'told' })
    await found(2, 'find', '--campaign', 'told')
    await found(1, 'overdue', '--provider', 'octopush')
    expect((await ledger('show', 'told-late')).lines[1]).toMatch(/^campaign told · overdue since \d{4}-\S+Z$/)
  })
})

test('dead letters are listed, shown and sent back', async () => {
  const { queue, deadLetters } = stack()
  for (const MessageBody of ['poison 1', 'poison 2'])
    await deadLetters.client.send(new SendMessageCommand({ QueueUrl: deadLetters.url, MessageBody }))
  const letters = (await ledger('--json', 'dead-letters', 'list')).json()
  expect(letters).toHaveLength(2)
  const [{ id }] = letters
  expect((await ledger('dead-letters', 'show', id)).lines[0]).toMatch(/^poison \d$/)
  expect(await ledger('dead-letters', 'redrive', 'x')).toMatchObject({
    code: 1,
    lines: ['0 of 0 redriven', 'no dead letter has the id x'],
  })
  expect((await ledger('dead-letters', 'show', 'x')).code).toBe(1)
  expect((await ledger('--json', 'dead-letters', 'redrive', id, '--dry-run')).json()).toEqual([{ id, redriven: false }])
  expect(await countMessages(deadLetters)).toBe(2)
  expect((await ledger('dead-letters', 'redrive', id)).lines).toEqual(['1 of 1 redriven'])
  // The worker knows it no better than before: three tries later it is back.
  await until(async () => (await countMessages(queue)) === 0 && (await countMessages(deadLetters)) === 2)
  expect((await ledger('dead-letters', 'list', '--provider', 'octopush')).lines).toEqual(['no dead letters'])
})

test('dead letters are visible again as soon as a list of them is interrupted', async () => {
  const { deadLetters, url } = stack()
  await deadLetters.client.send(new PurgeQueueCommand({ QueueUrl: deadLetters.url }))
  for (const MessageBody of ['poison 1', 'poison 2', 'poison 3'])
    await deadLetters.client.send(new SendMessageCommand({ QueueUrl: deadLetters.url, MessageBody }))
  const visible = async () => {
    const AttributeNames = ['ApproximateNumberOfMessages' as const]
    const asked = new GetQueueAttributesCommand({ QueueUrl: deadLetters.url, AttributeNames })
    return Number((await deadLetters.client.send(asked)).Attributes?.ApproximateNumberOfMessages)
  }
  const list = spawn(process.execPath, ['bin/ledger.ts', '--url', url, 'dead-letters', 'list'])
  await once(list.stdout, 'data')
  expect(await visible()).toBe(0)
  list.kill('SIGINT')
  expect(await once(list, 'exit')).toEqual([130, null])
  expect(await visible()).toBe(3)
})

describe('rotate', () => {
  const octopush = providers.find(({ id }) => id === 'octopush') as (typeof providers)[number]
  const telesign = providers.find(({ id }) => id === 'telesign') as (typeof providers)[number]
  const output = { dryRun: false, print() {}, printJson() {}, progress() {} }

  function targetWith(secret: Secret) {
    const kept = { secret }
    const target = {
      readSecret: async () => kept.secret,
      writeSecret: async (_: string, secret: Secret) => void Object.assign(kept, { secret }),
    }
    return { target: target as unknown as Target, kept }
  }

  test('lets both keys in, then the new one alone', async () => {
    const { target, kept } = targetWith({ current: 'old' })
    await rotateKey(target, { ...output, dryRun: true }, octopush, { finish: false })
    expect(kept.secret).toEqual({ current: 'old' })
    await expect(rotateKey(target, output, octopush, { finish: true })).rejects.toThrow('no rotation')
    await rotateKey(target, output, octopush, { finish: false })
    expect(kept.secret).toEqual({ current: expect.stringMatching(/^[0-9a-f]{64}$/), previous: 'old' })
    const { current } = kept.secret
    await expect(rotateKey(target, output, octopush, { finish: false })).rejects.toThrow('in progress')
    await rotateKey(target, output, octopush, { finish: true })
    expect(kept.secret).toEqual({ current })
  })

  test("takes the provider's own key where the provider makes it", async () => {
    const { target, kept } = targetWith({ current: 'old' })
    await expect(rotateKey(target, output, telesign, { finish: false })).rejects.toThrow('--key-file')
    await expect(rotateKey(target, output, telesign, { finish: false, key: '' })).rejects.toThrow('empty')
    for (const key of ['----', '====', 'c2hvcnQ='])
      await expect(rotateKey(target, output, telesign, { finish: false, key })).rejects.toThrow('at least 8 bytes')
    expect(kept.secret).toEqual({ current: 'old' })
    await rotateKey(target, output, telesign, { finish: false, key: 'dGhlaXIgbmV3IGtleQ==' })
    expect(kept.secret).toEqual({ current: 'dGhlaXIgbmV3IGtleQ==', previous: 'old' })
  })

  test('takes no key that names no topic where a topic is the key', async () => {
    const ses = providers.find(({ id }) => id === 'ses') as (typeof providers)[number]
    const { target, kept } = targetWith({ current: 'old' })
    for (const key of ['my-topic', 'arn:aws:sns::123456789012:x'])
      await expect(rotateKey(target, output, ses, { finish: false, key })).rejects.toThrow('no such key')
    const key = 'arn:aws-cn:sns:cn-north-1:123456789012:events.fifo'
    await rotateKey(target, output, ses, { finish: false, key })
    expect(kept.secret).toEqual({ current: key, previous: 'old' })
  })

  test.each([[['--dry-run']], [[]], [['--finish']]])(
    'says that the keys of the local stack are fixed (%s)',
    async (more) => {
      expect(await ledger('rotate', 'octopush', ...more)).toMatchObject({
        code: 1,
        said: ['the keys of the local stack are fixed; rotate those of a deployed one (--stack)'],
      })
    },
  )
})

test.each([
  ['2026-01-31', '2026-01-31T00:00:00.000Z'],
  ['2026-01-31T12:00Z', '2026-01-31T12:00:00.000Z'],
  ['2026-01-31T12:00:01.5+01:00', '2026-01-31T11:00:01.500Z'],
])('%s is %s', (text, moment) => expect(new Date(readMoment(text)).toISOString()).toBe(moment))

test('control characters are shown as dots, and escaped in JSON', async () => {
  await post('nifteem', '{"a":"\u009b31m\u007f"}')
  const [{ id }] = (await ledger('--json', 'quarantine', 'list', '--limit', '1')).json()
  const shown = (await ledger('quarantine', 'show', id)).lines
  const lines = [...shown, ...(await ledger('--json', 'quarantine', 'show', id)).lines]
  for (const line of lines) expect(line).not.toMatch(/\p{Cc}/u)
  expect(lines.join()).toContain('·31m·')
})

test.each([
  ['30m', 1_800_000],
  ['2h', 7_200_000],
  ['3d', 259_200_000],
])('%s is a while ago', (text, ago) => expect(Math.abs(Date.now() - ago - readMoment(text))).toBeLessThan(1_000))

test.each(['yesterday', '5', '2026-13-01', '2026-02-30', '2026-01-01T25:00Z', ''])('%s is no moment', (text) =>
  expect(() => readMoment(text)).toThrow('expected'),
)

test('providers lists the catalogue with what was verified, without a stack', async () => {
  const table = await runLedger('providers')
  expect(table.lines[0]).toMatch(/^provider .* evidence +example +signature +error codes$/)
  expect(table.lines.slice(1).map((line) => line.split(' ')[0])).toEqual(providers.map(({ id }) => id))
  const one = (await runLedger('--json', 'providers')).json().find(({ id }) => id === 'messagebird')
  expect(one).toMatchObject({
    evidence: 'A',
    verified: { example: 'yes', signature: 'yes', errorCodes: 'partial' },
    callbacks: ['GET /webhooks/messagebird'],
  })
})

test('npx ledger runs it, and prints nothing of npm on the standard output', () => {
  const { status, stdout } = spawnSync('npx', ['ledger', '--version'], {
    encoding: 'utf8',
    shell: process.platform === 'win32',
  })
  expect([status, stdout]).toEqual([0, `${createRequire(import.meta.url)('../package.json').version}\n`])
})

describe('errors of the AWS SDK', () => {
  test('a stack without a region says what to give', () => {
    const env = { PATH: process.env.PATH, AWS_CONFIG_FILE: '/dev/null', AWS_SHARED_CREDENTIALS_FILE: '/dev/null' }
    const ran = spawnSync(process.execPath, ['bin/ledger.ts', '--stack', 'x', 'show', 'y'], { env, encoding: 'utf8' })
    expect(ran).toMatchObject({
      status: 1,
      stderr: 'which region is the stack in? Give --region or --profile, or set AWS_REGION\n',
    })
  })

  test.each([
    ['Could not load credentials from any providers', /--profile/],
    ['Could not resolve credentials using profile: [ops] in configuration', /profile ops: check/],
    ['Stack with id prod does not exist', /^no stack prod /],
    ['anything\n  else', /^anything else$/],
  ])('%s', (message, line) => expect(inOneLine(new Error(message))).toMatch(line))
})

test('a bar shows count, share, rate and the time left', () => {
  expect(barOf(25, 100, 5)).toBe(`${'█'.repeat(8)}${'░'.repeat(22)} 25/100  25 %  5.0/s  15 s left`)
})

const parkedEvent = (pk: string, sk: string) =>
  recordedEvent({ stage: 'local', hashKey: 'key', recipients: 'plain' }, { pk, sk }, statusRecord('sent', 0))
