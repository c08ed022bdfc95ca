import { ScanCommand } from '@aws-sdk/client-dynamodb'
import { beforeAll, describe, expect, test } from 'vitest'
import { createConsole } from '../../functions/console/console.ts'
import type { Desk } from '../../functions/console/desk.ts'
import type { Right } from '../../functions/console/view.ts'
import { recordKey } from '../../functions/domain/key.ts'
import { STATUSES, type Status, type StatusRecord } from '../../functions/domain/status.ts'
import { countOpen, countOverdue } from '../../functions/platform/delivery-counts.ts'
import { insertRows, rowOf } from '../../functions/platform/ledger.ts'
import { newestFailed } from '../../functions/platform/newest-failed.ts'
import { project } from '../../functions/platform/projection.ts'
import { state } from '../../functions/platform/state-expectation.ts'
import { useDynamoDb } from '../emulators.ts'

const dynamoDb = useDynamoDb()

const NUMBER = '+33600112233'
const FUNCTIONS = { view: 'arn:view', reveal: 'arn:reveal', replay: 'arn:replay', drop: 'arn:drop' }

const audit: Record<string, unknown>[] = []
let desk: Desk

beforeAll(async () => {
  const [ledger, deliveries, quarantine] = await Promise.all([
    dynamoDb.newTable(),
    dynamoDb.newDeliveries(),
    dynamoDb.newTable(),
  ])
  desk = {
    providers: ['octopush', 'nifteem'],
    ledger,
    deliveries: { ...deliveries, patience: { default: 72, nifteem: 1 } },
    quarantine,
    queue: { client: {} as never, url: '' },
    observations: { counts: async () => [], unmapped: async () => [] },
    firstStep: '',
    telemetry: {
      unexpected(error) {
        throw error
      },
    },
    audit: (line) => audit.push(line),
  }
})

const minutesAgo = (minutes: number) => new Date(Date.now() - minutes * 60_000).toISOString()

/** Keeps a record of a message in the ledger, and its delivery. */
async function keep(messageId: string, status: Status, minutes: number, more: Partial<StatusRecord> = {}) {
  const record: StatusRecord = {
    ...{ provider: 'octopush', account: null, messageId, recipient: NUMBER, part: null, channel: 'sms', status },
    ...{ final: STATUSES[status].final, providerStatus: status.toUpperCase(), description: null, error: null },
    ...{ occurredAt: minutesAgo(minutes), receivedAt: minutesAgo(minutes), order: STATUSES[status].rank },
    ...{ campaign: null, reference: null, normalizer: 1, price: null, details: {} },
    ...more,
  }
  const key = recordKey(record, null)
  await insertRows(desk.ledger, [rowOf(desk.ledger, key, record)])
  await project(desk.deliveries, desk.ledger, key)
}

/** What a sender says of a message that octopush has not reported. */
const expectation = (messageId: string, minutes: number, more: object = {}) => ({
  ...{
    provider: 'octopush',
    account: null,
    messageId,
    recipient: null,
    part: null,
    reference: null,
    campaign: null,
    channel: 'sms',
  },
  ...{ sentAt: minutesAgo(minutes), statedAt: minutesAgo(minutes), patience: 3_600 },
  ...more,
})

const ask = async (event: object, { right = 'view' as Right, width = 700, more = {} as Partial<Desk> } = {}) =>
  String(
    await createConsole({ ...desk, ...more }, right)(
      { ...event, widgetContext: { width, params: { functions: FUNCTIONS } } },
      { awsRequestId: 'r1' },
    ),
  )

const find = (text: string, more: object = {}) => ask({ show: 'message', find: text, ...more })

/** The ids of the messages in a list, from top to bottom. */
const idsIn = (answer: string) =>
  answer
    .split('<tr>')
    .slice(1)
    .flatMap((row) => /ledger-id" title="Click to select">([^<]+)</.exec(row)?.[1] ?? [])

/** The parameters of a button. */
const buttonIn = (answer: string, label: string): Record<string, string> =>
  JSON.parse(new RegExp(`>${label}</button><cwdb-action [^>]*>([^<]+)<`).exec(answer)?.[1] ?? '{}')

describe('one field', () => {
  beforeAll(async () => {
    await keep('first', 'delivered', 50, { reference: 'order-1', campaign: 'spring' })
    await keep('second', 'undelivered', 40, { reference: 'order-2', campaign: 'spring' })
    await keep('second', 'sent', 41, { recipient: 'person@example.com', channel: 'email' })
    await keep('third', 'sent', 30, { provider: 'nifteem', reference: 'spring' })
  })

  test.each([
    ['an id', 'first', 'Delivered by SMS'],
    ['a reference', 'order-1', 'Delivered by SMS'],
    ['an e-mail address in any case', 'Person@Example.com', 'Sent by e-mail'],
  ])('finds %s, and shows the one message', async (_, text, sentence) => {
    expect(await find(text)).toContain(`<h3>${sentence}`)
  })

  test('lists what a recipient got, newest first, however the number is written', async () => {
    for (const typed of [NUMBER, '0033 6 00 11 22 33', 'tel:+33-600-112-233'])
      expect(idsIn(await find(typed))).toEqual(['third', 'second', 'first'])
  })

  test('says how each was found where a text means several things, and follows the provider that is chosen', async () => {
    const answer = await find('spring')
    expect(idsIn(answer)).toEqual(['third', 'second', 'first'])
    expect(answer.indexOf('With this reference')).toBeLessThan(answer.indexOf('Of this campaign'))
    expect(await find('spring', { provider: 'nifteem' })).toContain('<h3>Sent by SMS')
    expect(await find('first', { provider: 'nifteem' })).toContain('Nothing was found for first.')
  })

  test('names the reference and the campaign of a message, recipients in them masked', async () => {
    await keep('named', 'delivered', 20, { reference: `order-3 ${NUMBER}`, campaign: 'autumn', recipient: null })
    const [, subtitle = ''] = /<h3>.*?<p class="ledger-faint">(.*?)<\/p>/.exec(await find('named')) ?? []
    expect(subtitle).toContain('· order-3 +33•••33 · autumn ·')
  })

  test('shows of a message to many the one who was looked for, and all when asked', async () => {
    const answer = await find('person@example.com')
    expect(answer).toContain('· 1 record ·')
    const all = await ask(buttonIn(answer, 'All recipients'))
    expect(all).toContain('Of 2 deliveries: 1 not delivered, 1 sent')
    expect(buttonIn(all, 'All recipients')).toEqual({})
  })

  test('leads from each row to a life in a pop-up, from there to a record and back', async () => {
    const life = await ask(buttonIn(await find(NUMBER), 'Show'))
    expect(life).toContain('<h3>Sent by SMS')
    expect(life).not.toContain('<form')
    const record = await ask(buttonIn(life, 'Details'))
    expect(record).toContain('Everything else that the provider sent')
    expect(await ask(buttonIn(record, 'Back to the message'))).toContain('<h3>Sent by SMS')
  })

  test('goes on page by page', async () => {
    for (let index = 0; index < 45; index++)
      await keep(`many-${String(index).padStart(2, '0')}`, 'sent', 200 - index, { recipient: null, campaign: 'many' })
    const pages = [await find('many')]
    for (let page = pages[0] ?? ''; buttonIn(page, 'Older ones').after; ) {
      page = await ask(buttonIn(page, 'Older ones'))
      pages.push(page)
    }
    expect(pages.flatMap(idsIn)).toEqual(
      Array.from({ length: 45 }, (_, index) => `many-${String(44 - index).padStart(2, '0')}`),
    )
    expect(idsIn(await ask(buttonIn(pages.at(-1) ?? '', 'All results')))[0]).toBe('many-44')
  })

  test('tells in a list where the whole of a message stands, and since when it is overdue', async () => {
    for (let minutes = 100; minutes > 46; minutes--) await keep('opened', 'read', minutes)
    await keep('opened', 'complained', 45)
    await keep('waiting', 'sent', 90, { provider: 'nifteem' })
    for (const id of ['opened', 'waiting']) await keep(`refers-to-${id}`, 'delivered', 5, { reference: id })
    const rowOf = async (id: string) => (await find(id)).split('<tr>').find((row) => row.includes(`>${id}</code>`))
    expect(await rowOf('opened')).toContain('complained')
    expect(await rowOf('waiting')).toContain('>overdue<')
    await keep('waiting', 'delivered', 1, { provider: 'nifteem' })
    expect(await rowOf('waiting')).not.toContain('>overdue<')
  })

  test('shows a recipient who is spelled in two ways in one message as one', async () => {
    for (const recipient of ['+33600112277', '0033600112277', 'person2@example.com'])
      await keep('spelled', 'delivered', 50, { recipient })
    const answer = await find('+33600112277')
    expect(answer).toContain('· 2 records ·')
    expect(answer).not.toContain('example.com')
  })

  test('names what the stage has no index for, and the key that adds it', async () => {
    const deliveries = { ...desk.deliveries, lookups: ['reference'] as const }
    const answer = await ask({ show: 'message', find: NUMBER }, { more: { deliveries } })
    expect(answer).toContain('Nothing was found for +33•••33.')
    expect(answer).toContain('Not searched: recipient, campaign.')
    expect(answer).toContain('Add them to the stage’s <code>"lookups"</code>')
    expect(await find('x')).not.toContain('Not searched')
  })
})

describe('a recipient that was typed', () => {
  const digits = /600.?11.?22|6 00 11/

  test.each([
    ['was found', '+33 6 00 11 22 33'],
    ['was not found', '+33 6 00 11 22 44'],
  ])('is in no answer, and the answer can be asked for again, where it %s', async (_, typed) => {
    const answer = await find(typed)
    expect(answer).not.toMatch(digits)
    const [, field] = /name="find" value="([^"]+)"/.exec(answer) ?? []
    const [, hashes] = /type="hidden" name="hashes" value="([^"]+)"/.exec(answer) ?? []
    const again = await find(String(field), { hashes })
    expect(idsIn(again)).toEqual(idsIn(answer))
    expect(again).not.toContain('cannot be searched again')
  })

  test('leaves nothing behind in the form when the next search is for something else', async () => {
    const hashesIn = (answer: string) => /type="hidden" name="hashes" value="([^"]*)"/.exec(answer)?.[1]
    const hashes = hashesIn(await find(NUMBER))
    expect(hashes).toContain('+33•••33')
    expect(hashesIn(await find('first', { hashes }))).toBe('')
    expect(hashesIn(await find('nobody’s', { hashes }))).toBe('')
  })

  test('without its country code is not found, with what to do', async () => {
    for (const typed of ['0600112233', '06 00 11 22 33'])
      expect(await find(typed)).toMatch(/Nothing was found for 06.•••33\. Write a number with its country code: \+33…</)
    expect(await find('+33600112299')).not.toContain('country code')
  })

  test('is written down masked when it is shown', async () => {
    audit.length = 0
    const answer = await ask(buttonIn(await find(NUMBER), 'Show recipients'), { right: 'reveal' })
    expect(answer).toContain(NUMBER)
    expect(audit).toMatchObject([{ action: 'reveal', show: 'message', find: '+33•••33' }])
    expect(JSON.stringify(audit)).not.toMatch(digits)
    await ask({ show: 'message', find: NUMBER }, { right: 'reveal' })
    expect(JSON.stringify(audit)).not.toMatch(digits)
  })

  test('cannot be searched from its mask alone', async () => {
    for (const hashes of [undefined, 'a.b.c +33•••44'])
      expect(await find('+33•••33', { hashes })).toContain('cannot be searched again')
  })

  test('is hidden among other words, too, where nothing is found; an id is not', async () => {
    const answer = await find('Jane 06 00 11 22 44')
    expect(answer).toContain('Nothing was found for Jane 06 •••44.')
    expect(answer).not.toMatch(/00.?11.?22/)
    for (const id of ['sms_00112233445566', '0199aa4e-1234-7567-8abc-001122334455', 'x-0011223344'])
      expect(await find(id)).toContain(`Nothing was found for ${id}.`)
  })

  test.each(['whatsapp:33600112266', 'tel:0033600112266', 'sms:0600112266'])(
    'is hidden as a reference, too, where it is written as %s',
    async (reference) => {
      await keep(`scheme-${reference.length}`, 'delivered', 5, { recipient: null, reference })
      expect(await find(reference)).not.toContain('00112266')
    },
  )

  test('is hidden as a reference, too; an id of digits is not', async () => {
    await keep('20250122114606', 'delivered', 5, { recipient: null, reference: '33600112255' })
    expect(await find('33600112255')).not.toMatch(digits)
    expect(await find('20250122114606')).toContain('name="find" value="20250122114606"')
  })
})

describe('what a sender expects', () => {
  beforeAll(async () => {
    const { deliveries, ledger } = desk
    await state(deliveries, ledger, expectation('silent', 180, { reference: 'order-9', recipient: '+33600998877' }))
    await state(deliveries, ledger, expectation('on-its-way', 2))
  })

  test.each(['silent', 'order-9'])('is found by %s, and is said to be overdue, recipient masked', async (text) => {
    const answer = await find(text)
    expect(answer).toMatch(/<h3>Overdue for 2 h.*, nothing received yet<\/h3>/)
    expect(answer).toContain('+33•••77')
    expect(answer).not.toContain('600998877')
    const revealed = await ask(buttonIn(answer, 'Show recipients'), { right: 'reveal' })
    expect(revealed).toContain('+33600998877')
  })

  test('is said to be expected while it is in time', async () => {
    expect(await find('on-its-way')).toContain('<h3>Expected, nothing received yet</h3>')
  })
})

describe('lately', () => {
  const lately = (more: Partial<Desk> = {}, width = 700) => ask({ show: 'lately' }, { more, width })

  test('lists the newest that failed and those that are overdue, each one click from its life', async () => {
    await keep('late', 'sent', 90, { provider: 'nifteem' })
    await keep('skipped', 'skipped', 3)
    await keep('old', 'failed', 25 * 60)
    await keep('newest', 'failed', 1, { error: { code: '17', message: `no such number ${NUMBER}` } })
    const answer = await lately()
    const [failed = '', overdue = ''] = answer.split('<h4>Overdue')
    expect(idsIn(failed)).toEqual(['newest', 'second'])
    expect(idsIn(overdue).sort()).toEqual(['late', 'silent'])
    expect(overdue).toMatch(/>overdue for \d+ (min|h)</)
    expect(failed).toContain('17 · no such number +33•••33')
    expect(await ask(buttonIn(failed, 'Show'))).toContain('<h3>Failed by SMS')
    expect(idsIn(await lately({}, 300)).sort()).toEqual(idsIn(answer).sort())
  })

  test('shows six of each, and where the rest is', async () => {
    for (let index = 0; index < 7; index++) await keep(`failed-${index}`, 'expired', 10 + index)
    const [failed = ''] = (await lately()).split('<h4>Overdue')
    expect(idsIn(failed)).toEqual(['newest', 'failed-0', 'failed-1', 'failed-2', 'failed-3', 'failed-4'])
    expect(failed).toContain('<code>ledger failed</code> lists all')
  })

  test('reads the index by its keys where it is too large for one answer', async () => {
    const failures = {
      ...{ providers: ['octopush'], statuses: ['failed', 'expired'] as const },
      ...{ since: Date.now() - 24 * 60 * 60 * 1_000, limit: 4 },
    }
    const { client } = desk.deliveries
    const send = async (command: object) => {
      const answer = await client.send(command as never)
      return command instanceof ScanCommand ? { ...(answer as object), LastEvaluatedKey: {} } : answer
    }
    const large = { ...desk.deliveries, client: Object.assign(Object.create(client), { send }) }
    const whole = await newestFailed(desk.deliveries, failures)
    expect(whole.map(({ messageId }) => messageId)).toEqual(['newest', 'failed-0', 'failed-1', 'failed-2'])
    expect(await newestFailed(large, failures)).toEqual(whole)
    const yesterday = Date.now() - 24 * 60 * 60 * 1_000
    const asked = { ...failures, since: yesterday - 24 * 60 * 60 * 1_000 }
    // As of yesterday, today is tomorrow.
    expect(await newestFailed(large, asked, yesterday)).toEqual(whole)
  })

  test('says what is off, and which key turns it on', async () => {
    const off = { ...desk.deliveries, lookups: [], patience: { default: null }, expectations: false }
    const answer = await lately({ deliveries: off })
    expect(answer).toContain('Not listed: failed.')
    expect(answer).toContain('<code>"patience"</code> is null')
    expect(answer).not.toContain('<table')
  })

  test('says that there is nothing', async () => {
    const answer = await lately({ deliveries: await dynamoDb.newDeliveries() })
    for (const empty of ['No delivery has failed.', 'No delivery is overdue.']) expect(answer).toContain(empty)
  })
})

describe('now', () => {
  test('says how many deliveries are open and overdue, and of whom', async () => {
    const [open, overdue] = await Promise.all([countOpen(desk.deliveries), countOverdue(desk.deliveries)])
    expect(Object.fromEntries(overdue)).toEqual({ nifteem: 1, octopush: 1 })
    // 45 of a campaign, the e-mail, one to nifteem in time, one expected.
    expect(open).toBe(48)
    const answer = await ask({ show: 'now' })
    expect(answer).toContain('<dt>Open</dt><dd>48</dd>')
    expect(answer).toMatch(
      /<dt>Overdue<\/dt><dd[^>]*>2<\/dd><dd class="ledger-faint">(octopush 1, nifteem 1|nifteem 1, octopush 1)</,
    )
  })

  test('says so where the stage has no patience', async () => {
    const off = { ...desk.deliveries, patience: { default: null }, expectations: false }
    expect(await ask({ show: 'now' }, { more: { deliveries: off } })).toContain('not followed')
  })
})

test('a stage that asks for no deliveries is not asked for any, nor for its secret', async () => {
  const refuse = () => {
    throw new Error('not allowed')
  }
  const deliveries = {
    ...desk.deliveries,
    ...{ lookups: [], patience: { default: null }, expectations: false },
    ...{ client: { send: refuse } as never, hashKey: refuse },
  }
  const life = await ask({ show: 'message', find: 'first' }, { more: { deliveries } })
  expect(life).toContain('<h3>Delivered by SMS')
  expect(await ask(buttonIn(life, 'Details'), { more: { deliveries } })).toContain('Everything else')
  for (const show of ['now', 'lately']) expect(await ask({ show }, { more: { deliveries } })).toContain('"patience"')
})

describe('hostile text', () => {
  const HOSTILE = `<img src=x onerror=alert(1)>"'`

  test.each([280, 700])('stays text in each list and pop-up, %i pixels wide', async (width) => {
    const more = { channel: HOSTILE, reference: HOSTILE, campaign: HOSTILE, recipient: HOSTILE }
    await keep(HOSTILE, 'failed', 0, { ...more, error: { code: HOSTILE, message: HOSTILE } })
    await state(desk.deliveries, desk.ledger, expectation(`${HOSTILE}2`, 180, more))
    const lately = await ask({ show: 'lately' }, { width })
    const list = await ask({ show: 'message', find: HOSTILE }, { width })
    const popups = [await ask(buttonIn(lately, 'Show'), { width }), await find(`${HOSTILE}2`)]
    for (const answer of [lately, list, ...popups]) {
      expect(answer).toContain('&lt;img')
      expect(answer).not.toContain('<img')
    }
  })
})
