import { setTimeout as sleep } from 'node:timers/promises'
import type { CloudWatchClient } from '@aws-sdk/client-cloudwatch'
import type { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs'
import { DeleteItemCommand } from '@aws-sdk/client-dynamodb'
import { describe, expect, test, vi } from 'vitest'
import { createConsole } from '../../functions/console/console.ts'
import type { Desk } from '../../functions/console/desk.ts'
import type { Right } from '../../functions/console/view.ts'
import type { Callback } from '../../functions/domain/callback.ts'
import { recordKey } from '../../functions/domain/key.ts'
import type { StatusRecord } from '../../functions/domain/status.ts'
import { cloudWatchObservations } from '../../functions/platform/cloudwatch-observations.ts'
import { insertRows, rowOf } from '../../functions/platform/ledger.ts'
import type { Count } from '../../functions/platform/observations.ts'
import { findQuarantined, listQuarantined, quarantine, quarantineId } from '../../functions/platform/quarantine.ts'
import { providers } from '../../functions/providers/index.ts'
import { useStack } from '../emulators.ts'

const { stack, telemetry } = useStack()

/** How many callbacks were replayed; a slow worker receives one more than once. */
const replayed = () =>
  new Set(telemetry.outcomes.flatMap(({ callback }) => (callback.replay ? callback.requestId : []))).size

const audit: Record<string, unknown>[] = []

/** A function of the console on the stack's tables. */
function open(right: Right, more: Partial<Desk> = {}) {
  const { ledger, deliveries, quarantine, queue } = stack()
  return createConsole(
    {
      providers: providers.map(({ id }) => id),
      ledger,
      deliveries,
      quarantine,
      queue,
      observations: { counts: async () => [], unmapped: async () => [] },
      firstStep: 'Send one.',
      telemetry: { unexpected() {} },
      audit: (line) => audit.push(line),
      ...more,
    },
    right,
  )
}

const ask = async (right: Right, event: object, more: Partial<Desk> = {}) =>
  String(
    await open(right, more)({ ...event, widgetContext: { width: 700, dashboardName: 'prod' } }, { awsRequestId: 'r1' }),
  )

const callback = (index: number) => ({
  provider: 'octopush',
  requestId: `request-${index}`,
  receivedAt: new Date(Date.UTC(2026, 0, 1) + index).toISOString(),
  method: 'POST',
  pathParameters: {},
  query: '',
  contentType: null,
  body: '{"number":"+33600112233"}',
  encoding: 'utf8' as const,
})

const record = (index: number): StatusRecord => ({
  provider: 'octopush',
  account: null,
  messageId: 'long',
  recipient: `person${index % 7}@example.com`,
  part: null,
  channel: 'email',
  status: 'read',
  final: true,
  providerStatus: 'OPENED',
  description: null,
  error: null,
  occurredAt: new Date(Date.UTC(2026, 0, 1) + index * 1_000).toISOString(),
  receivedAt: new Date(Date.UTC(2026, 0, 1) + index * 1_000 + 300).toISOString(),
  order: 50,
  campaign: null,
  reference: null,
  normalizer: 1,
  price: null,
  details: { index },
})

describe('a message of many records', () => {
  test('fits into an answer, and is paged through without revealing a recipient', async () => {
    const { ledger } = stack()
    await insertRows(
      ledger,
      Array.from({ length: 1_100 }, (_, index) => record(index)).map((one) => rowOf(ledger, recordKey(one, null), one)),
    )
    const first = await ask('view', { show: 'message', find: 'long' })
    expect(first).toContain('1000 and more records')
    // A Lambda answers with 6 MB at most; a widget should come in an instant.
    expect(first.length).toBeLessThan(250_000)
    expect(first.match(/<tr>/g)).toHaveLength(101)
    const second = await ask('view', { show: 'message', find: 'long', page: 1 })
    expect(second).toContain('· 100 records ·')
    const further = await ask('view', { show: 'message', find: 'long', page: 1, from: 50 })
    expect(further.match(/<tr>/g)).toHaveLength(51)
    const [, digest] = second.match(/"digest":"([^"]+)"/) ?? []
    const details = await ask('view', { show: 'record', provider: 'octopush', messageId: 'long', page: 1, digest })
    expect(details).toMatch(/&quot;index&quot;: \d+/)
    for (const answer of [first, second, further, details]) expect(answer).not.toMatch(/person\d/)
    expect(await ask('view', { show: 'message', find: 'long', page: 2 })).toContain('nothing more of it')
  })
})

test('a message of long texts fits into an answer, too', async () => {
  const { ledger } = stack()
  const text = 'so long '.repeat(100)
  const long = (index: number) => ({
    ...record(index),
    messageId: 'wordy',
    channel: `${index} ${text}`,
    providerStatus: text.slice(0, 900),
    description: text,
    error: { code: text, message: `${text} ${index}` },
    campaign: `${index} ${text}`,
    details: { text: Array(5).fill(text) },
  })
  await insertRows(
    ledger,
    Array.from({ length: 110 }, (_, index) => long(index)).map((one) => rowOf(ledger, recordKey(one, null), one)),
  )
  const page = await ask('view', { show: 'message', find: 'wordy' })
  expect(page.match(/<tr>/g)?.length).toBeGreaterThan(40)
  expect(page.length).toBeLessThan(250_000)
  const [, digest] = page.match(/"digest":"([^"]+)"/) ?? []
  const details = await ask('view', { show: 'record', provider: 'octopush', messageId: 'wordy', digest })
  expect(details).toContain('so long')
  expect(details.length).toBeLessThan(50_000)
})

/** The ids of the groups that can be replayed as a whole, in the order of the widget. */
const groupsIn = (answer: string): string[] =>
  [...answer.matchAll(/"group":"([^"]+)"/g)]
    .flatMap(([, id]) => id ?? [])
    .filter((id, at, all) => all.indexOf(id) === at)

describe('what changes something', () => {
  test('replays all of a reason, on however many pages, and nothing else, and says so in one audit line', async () => {
    const { quarantine: table } = stack()
    await quarantine(
      table,
      Array.from({ length: 230 }, (_, index) => ({
        callback: callback(index),
        reason: index % 23 === 0 ? 'body: expected JSON' : `deliveries[${index}].email: expected text`,
      })),
    )
    const shown = await ask('view', { show: 'quarantine' })
    expect(shown).toContain('230 callbacks, 2 reasons')
    const [group, other] = groupsIn(shown)
    audit.length = 0
    const answer = await ask('replay', { group })
    expect(answer).toContain('220 replayed: 220 still unreadable.')
    expect(replayed()).toBe(220)
    // Replayed, all of them have the reason that they have by now.
    expect(answer).toContain('230 callbacks, 2 reasons')
    expect(audit).toMatchObject([{ action: 'replay', requestId: 'r1', dashboard: 'prod' }])
    expect(new Set(audit[0]?.ids as string[]).size).toBe(220)
    audit.length = 0
    expect(await ask('drop', { group: other })).toContain('10 deleted.')
    expect(audit[0]?.ids).toHaveLength(10)
    expect(await ask('view', { show: 'quarantine' })).toContain('220 callbacks, 1 reason<')
    expect(await ask('drop', { group: other })).toContain('no longer in quarantine')
    expect(await ask('drop', { group: 'acme-' })).toContain('no longer in quarantine')
  })

  test('opens a reason, twenty callbacks at a time', async () => {
    const [within] = groupsIn(await ask('view', { show: 'quarantine' }))
    const first = await ask('view', { show: 'quarantine', within })
    expect(first.match(/>Body</g)).toHaveLength(20)
    const last = await ask('view', { show: 'quarantine', within, from: 200 })
    expect(last.match(/>Body</g)).toHaveLength(20)
    expect(last).not.toContain('>More<')
    expect(last).toContain('>All reasons<')
  })

  test('says that a callback was recorded once its mapping can read it', async () => {
    const { quarantine: table } = stack()
    const fixed = JSON.stringify({
      ...{ channel: 'sms', message_id: 'fixed', number: '+33600112233', status: 'DELIVERED' },
      delivery_date: '2025-01-22 11:46:06',
    })
    await quarantine(table, [{ callback: { ...callback(2_000), body: fixed }, reason: 'number: expected text' }])
    expect(await ask('replay', { id: quarantineId(callback(2_000)) })).toContain('1 replayed: 1 recorded.')
    expect(await ask('view', { show: 'message', find: 'fixed' })).toContain('Delivered by SMS')
  })

  test('says which item is incomplete, and drops it', async () => {
    const { quarantine: table } = stack()
    await quarantine(table, [{ callback: callback(1_000), reason: 'body: expected JSON' }])
    const id = quarantineId(callback(1_000))
    const item = await findQuarantined(table, id)
    const Key = { pk: { S: String(item?.body.key) }, sk: { S: '0000' } }
    await table.client.send(new DeleteItemCommand({ TableName: table.name, Key }))
    expect(await ask('view', { show: 'quarantine' })).toContain(id)
    expect(await ask('view', { show: 'quarantine', within: 'x'.repeat(3_000), from: 9 ** 9 })).not.toContain(
      'could not',
    )
    expect(await ask('view', { show: 'body', id })).toContain('its body is incomplete: it can only be dropped')
    expect(await ask('replay', { id })).toContain('0 replayed; 1 incomplete, which can only be dropped.')
    expect(await ask('drop', { id })).toContain('1 deleted.')
  })

  test('keeps the callbacks of two accounts apart, and names the account', async () => {
    const { quarantine: table } = stack()
    const accounts = [undefined, 'eu', 'eu']
    const callbacks = accounts.map((account, index) => ({
      ...callback(3_000 + index),
      provider: 'twilio',
      ...(account && { account }),
    }))
    await quarantine(
      table,
      callbacks.map((callback) => ({ callback, reason: 'MessageSid: expected text' })),
    )
    const shown = await ask('view', { show: 'quarantine' })
    expect(shown).toContain('>twilio · ')
    expect(shown).toContain('>twilio/eu · ')
    expect(shown).toContain('Replay all 2 callbacks of twilio/eu with this reason?')
    const [group] = groupsIn(shown).filter((id) => id.startsWith('twilio-'))
    expect(await ask('view', { show: 'quarantine', within: group })).toContain('2 of <b>twilio/eu</b>')
    expect(await ask('view', { show: 'body', id: quarantineId(callbacks[1] as Callback) })).toContain('<h3>twilio/eu, ')
    expect(await ask('drop', { group })).toContain('2 deleted.')
    expect(await ask('drop', { id: quarantineId(callbacks[0] as Callback) })).toContain('1 deleted.')
  })

  test('drops one item, once', async () => {
    const { quarantine: table } = stack()
    const [item] = (await listQuarantined(table, ['octopush'], 1)).items
    audit.length = 0
    expect(await ask('drop', { id: item?.id })).toContain('1 deleted.')
    expect(await ask('drop', { id: item?.id })).toContain('no longer in quarantine')
    expect(audit).toMatchObject([{ ids: [item?.id] }, { ids: [] }])
    expect(await ask('drop', {})).toContain('no longer in quarantine')
    expect(await ask('replay', { id: 'none' })).toContain('no longer in quarantine')
  })

  test.each(['view', 'reveal'] as const)('is out of reach of the function that may %s', async (right) => {
    const { quarantine: table } = stack()
    const [item] = (await listQuarantined(table, ['octopush'], 1)).items
    const before = replayed()
    for (const show of ['replay', 'drop', 'message', 'quarantine', 'body']) await ask(right, { show, id: item?.id })
    expect((await listQuarantined(table, ['octopush'], 1)).items[0]?.id).toBe(item?.id)
    await sleep(500)
    expect(replayed()).toBe(before)
  })
})

describe('now', () => {
  const observations = (words: number, counts: Count[] = []) => ({
    counts: async () => counts,
    unmapped: async () =>
      Array.from({ length: words }, (_, index) => ({ provider: 'octopush', word: `NEW ${index}`, times: index + 1 })),
  })
  const counts = [
    { provider: 'octopush', name: 'accepted', times: 3 },
    { provider: 'octopush', name: 'recorded', times: 2 },
    { provider: 'octopush', name: 'quarantined', times: 1 },
  ]

  test('says what to do while nothing was received', async () => {
    const answer = await ask('view', { show: 'now' })
    expect(answer).toContain('No callbacks in this time range. Send one.')
    expect(answer).not.toContain('<table')
  })

  test('shows what asks for action first, the three most frequent, and the rest in a pop-up', async () => {
    const answer = await ask('view', { show: 'now' }, { observations: observations(5, counts) })
    expect(answer.indexOf('5 provider statuses are not mapped')).toBeLessThan(answer.indexOf('<th'))
    expect(answer.match(/(?<=&#39;NEW )\d(?=&#39;)/g)).toEqual(['4', '3', '2'])
    const all = await ask('view', { show: 'unmapped' }, { observations: observations(5) })
    expect(all.match(/&#39;NEW \d&#39;/g)).toHaveLength(5)
    const one = {
      counts: async () => counts,
      unmapped: async () => [{ provider: 'octopush', word: '(withheld)', times: 1 }],
    }
    const withheld = await ask('view', { show: 'now' }, { observations: one })
    expect(withheld).toContain('1 provider status is not mapped')
    expect(withheld).toContain('not shown, since it may contain an address')
    expect(withheld).not.toContain('Show all')
  })

  test('names the account of a status that is not mapped, and the table of its provider', async () => {
    const observations = {
      counts: async () => [],
      unmapped: async () => [{ provider: 'twilio/eu', word: 'teleported', times: 2 }],
    }
    const answer = await ask('view', { show: 'now' }, { observations })
    expect(answer).toContain('>twilio/eu</td>')
    expect(answer).toContain(`<code class="ledger-id">TELEPORTED: 'unknown',</code>`)
    expect(answer).toContain('in functions/providers/twilio/<')
  })

  test('has a row for each provider with callbacks, and names its outcomes beside their patterns', async () => {
    const answer = await ask('view', { show: 'now' }, { observations: observations(0, counts) })
    for (const counted of ['ledger-recorded"></i>2 recorded', 'ledger-quarantined"></i>1 quarantined'])
      expect(answer).toContain(counted)
    expect(answer).not.toContain('0 duplicate')
    expect(answer).toContain('No callbacks: africastalking, ')
    const ofStage = { observations: observations(0, counts), enabled: ['octopush', 'telesign'] }
    expect(await ask('view', { show: 'now' }, ofStage)).toContain('No callbacks: telesign<')
    expect(answer).not.toContain('not mapped')
    // Where statuses are not counted, no column pretends that there were none.
    expect(answer).not.toContain('Statuses')
  })

  test('has a short row for the five providers with the most quarantined callbacks, and all in a pop-up', async () => {
    const ids = providers.map(({ id }) => id)
    const many = ids.flatMap((provider, index) => [
      { provider, name: 'accepted', times: index + 1 },
      { provider, name: 'recorded', times: index },
      { provider, name: 'quarantined', times: provider === 'brevo' ? 1 : 0 },
    ])
    const rowsOf = (answer: string) => [...answer.matchAll(/<th scope="row">(\w+)</g)].map(([, id]) => id)
    const answer = await ask('view', { show: 'now' }, { observations: observations(0, many) })
    expect(rowsOf(answer)).toEqual(['brevo', ...ids.toReversed().slice(0, 4)])
    expect(answer).toContain(`Show all ${ids.length}<`)
    const total = ids.reduce((sum, _, index) => sum + index, 0)
    expect(answer.match(/\d+ recorded<\/span>/g)).toEqual([`${total} recorded</span>`])
    const all = await ask('view', { show: 'outcomes' }, { observations: observations(0, many) })
    expect(rowsOf(all)).toEqual(ids)
    expect(all).toContain('21 recorded</span>')
  })

  test('passes on why something may be missing', async () => {
    const some = {
      ...observations(1, counts),
      counts: async (_: object, note: (text: string) => void) => {
        note('Not all was read.')
        return counts
      },
    }
    expect(await ask('view', { show: 'now' }, { observations: some })).toContain('Not all was read.')
  })
})

describe('every function', () => {
  test('describes itself', async () => {
    expect(await open('view')({ describe: true })).toEqual({ markdown: expect.stringContaining('show') })
  })

  test('says that it failed, and logs the error', async () => {
    const unexpected = vi.fn()
    const broken = { counts: () => Promise.reject(new Error('secret detail')), unmapped: async () => [] }
    const answer = await ask('view', { show: 'now' }, { observations: broken, telemetry: { unexpected } })
    expect(answer).toContain('could not be loaded (request r1)')
    expect(answer).not.toContain('secret detail')
    expect(unexpected).toHaveBeenCalledWith(new Error('secret detail'))
    expect(await ask('view', { show: 'else' })).toContain('expected to be message')
  })
})

describe('what CloudWatch has', () => {
  // No emulator of CloudWatch searches; these are its answers as the API's page shows them.
  const line = (word: string) => ({ message: `{"message":"unmapped statuses","words":{"octopush ${word}":2}}` })
  const asked: { MetricDataQueries?: { Expression: string; Label: string }[]; startFromHead?: boolean }[] = []
  const answering = <T>(answer: (input: { NextToken?: string; nextToken?: string }, label: string) => object) =>
    ({
      async send({ input }: { input: (typeof asked)[number] }) {
        asked.push(input)
        return answer(input as object, input.MetricDataQueries?.[0]?.Label ?? '')
      },
    }) as T
  const all = answering<CloudWatchClient>(({ NextToken }, label) => {
    if (label.includes('channel'))
      return { MetricDataResults: [{ Label: 'status.read octopush sms', Values: [4], StatusCode: 'Complete' }] }
    const [values, state] = NextToken ? [[5], 'Complete'] : [[1, 2], 'PartialData']
    return {
      MetricDataResults: [{ Label: 'accepted octopush', Values: values, StatusCode: state }],
      NextToken: NextToken ? undefined : 'more',
    }
  })
  const twoPages = answering<CloudWatchLogsClient>(({ nextToken }) => ({
    events: [line('NEW WORD'), { message: 'no JSON' }],
    nextToken: nextToken ? undefined : 'more',
  }))
  const end = Date.now()
  const range = { start: end - 3_600_000, end }

  async function read(cloudWatch: CloudWatchClient, logs = twoPages, statusMetrics = true) {
    asked.splice(0)
    const notes: string[] = []
    const note = (text: string) => void notes.push(text)
    const sources = { cloudWatch, logs, service: 'prod', logGroup: 'worker', statusMetrics }
    const { counts, unmapped } = cloudWatchObservations(sources)
    return { counts: await counts(range, note), unmapped: await unmapped(range, note), notes }
  }

  test('is asked for by searches, and summed by provider, name and channel', async () => {
    const { counts, unmapped, notes } = await read(all)
    expect(counts).toEqual([
      { name: 'accepted', provider: 'octopush', times: 3 },
      { name: 'accepted', provider: 'octopush', times: 5 },
      { name: 'status.read', provider: 'octopush', channel: 'sms', times: 4 },
    ])
    expect(asked.flatMap(({ MetricDataQueries = [] }) => MetricDataQueries)).toContainEqual(
      expect.objectContaining({
        Expression: `SEARCH('{DeliveryLedger,provider,service} service="prod"', 'Sum', 60)`,
        Label: `\${PROP('MetricName')} \${PROP('Dim.provider')}`,
      }),
    )
    expect(unmapped).toEqual([{ provider: 'octopush', word: 'NEW WORD', times: 4 }])
    expect(notes).toEqual([])
  })

  test('is read newest first in the log, and what was not read is said', async () => {
    const endless = answering<CloudWatchLogsClient>(() => ({ events: [line('NEWEST')], nextToken: 'more' }))
    const { notes } = await read(all, endless)
    expect(asked.filter(({ startFromHead }) => startFromHead === false)).toHaveLength(10)
    expect(notes).toEqual([expect.stringContaining('Only the newest part of the log was searched')])
  })

  test.each([
    [
      'a metric is partial',
      { MetricDataResults: [{ Label: 'accepted octopush', Values: [1], StatusCode: 'PartialData' }] },
    ],
    [
      'a search found too many',
      {
        MetricDataResults: [{ Label: 'accepted octopush', Values: [1], StatusCode: 'Complete' }],
        Messages: [{ Code: 'MaxMetricsExceeded' }],
      },
    ],
  ])('is said to be more where %s', async (_, answer) => {
    const { notes } = await read(answering<CloudWatchClient>(() => answer))
    expect(notes).toEqual([expect.stringContaining('did not return all metrics')])
  })

  test('may be there in 15 minutes, where nothing was found', async () => {
    const { notes } = await read(answering<CloudWatchClient>(() => ({ MetricDataResults: [] })))
    expect(notes).toEqual([expect.stringContaining('15 minutes')])
  })

  test('has no statuses where the stage does not count them, and says so', async () => {
    const { counts, notes } = await read(all, twoPages, false)
    expect(counts.some(({ channel }) => channel !== undefined)).toBe(false)
    expect(
      asked.flatMap(({ MetricDataQueries = [] }) => MetricDataQueries).map(({ Label }) => Label),
    ).not.toContainEqual(expect.stringContaining('channel'))
    expect(notes).toEqual([expect.stringContaining('statusMetrics')])
  })
})
