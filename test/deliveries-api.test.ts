import { beforeEach, describe, expect, test, vi } from 'vitest'
import { listDeliveries } from '../functions/query/deliveries.ts'
import { encodeCursor } from '../functions/query/parameters.ts'
import { createQuery } from '../functions/query/query.ts'
import { LOCAL_KEY } from '../local/credentials.ts'
import { expectDocumented } from './contract.ts'
import { readAll, recordingTelemetry, useStack } from './emulators.ts'
import { until } from './until.ts'

const { stack, telemetry } = useStack()

const today = () => new Date().toISOString().slice(0, 10)

/** Asks the query API; gives the status and what the answer holds. */
async function ask(path: string, body?: unknown, headers: Record<string, string> = {}) {
  const init = body === undefined ? {} : { method: 'PUT', body: typeof body === 'string' ? body : JSON.stringify(body) }
  const response = await fetch(`${stack().url}/v1/${path}`, { ...init, headers })
  const text = await response.text()
  expectDocumented(body === undefined ? 'GET' : 'PUT', response, text)
  return { status: response.status, headers: response.headers, ...(text !== '' && JSON.parse(text)) }
}

let count = 0
/** A message id that no other test has. */
let id: string
beforeEach(() => {
  id = `message-${++count}`
})

/** Sends a callback of the provider Octopush about an SMS. */
async function call(message_id: string, status = 'ACK', more: object = {}, reference?: string) {
  const before = telemetry.outcomes.length
  const body = { channel: 'sms', message_id, number: '+33600112233', status, delivery_date: '2025-01-22 11:46:06' }
  const query = reference === undefined ? '' : `?reference=${reference}`
  const response = await fetch(`${stack().url}/webhooks/octopush${query}`, {
    method: 'POST',
    body: JSON.stringify({ ...body, ...more }),
    headers: { 'x-api-key': LOCAL_KEY },
  })
  expect(response.status).toBe(200)
  await until(() => telemetry.outcomes.length > before)
}

/** The items of an answer, when they are as many. */
const found = (query: string, length = 1): Promise<Record<string, unknown>[]> =>
  until(async () => {
    const { items } = await ask(`deliveries?${query}`)
    return items.length === length ? items : undefined
  })

const sentAt = () => new Date().toISOString()

describe('GET /v1/deliveries', () => {
  test('gives a delivery without its history, every field in the order that is documented', async () => {
    const reference = `of-${id}`
    await call(id, 'NOT_DELIVERED', { unit_price: 0.05, list_name: 'summer' }, reference)
    const [item] = await found(`reference=${reference}`)
    expect(Object.entries(item ?? {})).toEqual([
      ['provider', 'octopush'],
      ['account', null],
      ['messageId', id],
      ['recipient', '+33600112233'],
      ['part', null],
      ['channel', 'sms'],
      ['status', 'undelivered'],
      ['final', true],
      ['statusAt', '2025-01-22T10:46:06.000Z'],
      ['reference', reference],
      ['campaign', 'summer'],
      ['firstAt', expect.stringMatching(`^${today()}T`)],
      ['sentAt', null],
      ['deliveredAt', null],
      ['readAt', null],
      ['error', null],
      ['price', { amount: 0.05, currency: null }],
      ['records', 1],
      ['overdueSince', null],
    ])
  })

  test.each([
    'recipient=%2B33611223344',
    'recipient=0033%20611%2022%2033%2044',
    'campaign=answers',
    'status=rejected&provider=octopush&day=2025-01-22',
  ])('answers %s', async (query) => {
    const about = { number: '+33611223344', list_name: 'answers' }
    await call('answered', 'BLACKLISTED_NUMBER', about)
    expect(await found(query)).toMatchObject([{ messageId: 'answered', status: 'rejected' }])
  })

  test('is of today where no day is named', async () => {
    const paris = new Intl.DateTimeFormat('sv', { timeZone: 'Europe/Paris', dateStyle: 'short', timeStyle: 'medium' })
    await call(id, 'EXPIRED', { delivery_date: paris.format(new Date()) })
    await found('status=expired&provider=octopush')
  })

  test('pages, each after the one before', async () => {
    const reference = `of-${id}`
    for (let index = 0; index < 5; index++) await call(`${id}-${index}`, 'ACK', {}, reference)
    await found(`reference=${reference}`, 5)
    const seen: unknown[] = []
    let cursor: string | null = ''
    while (cursor !== null) {
      const page = await ask(`deliveries?reference=${reference}&limit=2${cursor && `&cursor=${cursor}`}`)
      seen.push(...page.items.map(({ messageId }: { messageId: string }) => messageId))
      cursor = page.cursor
    }
    expect(seen).toEqual([4, 3, 2, 1, 0].map((index) => `${id}-${index}`))
  })

  test('goes on with the day of the first page, also after midnight', async () => {
    for (let index = 0; index < 2; index++)
      await call(`${id}-${index}`, 'ABANDONED', { delivery_date: '2025-03-01 11:00:00' })
    await found('status=failed&provider=octopush&day=2025-03-01', 2)
    const page = (parameters: object) =>
      listDeliveries(
        { providers: ['octopush'], deliveries: stack().deliveries },
        { status: 'failed', provider: 'octopush', limit: '1', ...parameters },
      )
    vi.useFakeTimers({ toFake: ['Date'], now: Date.UTC(2025, 2, 1, 23, 59) })
    try {
      const { items, cursor } = await page({})
      vi.setSystemTime(Date.UTC(2025, 2, 2, 0, 1))
      expect((await page({})).items).toEqual([])
      const next = await page({ cursor })
      expect([items, next.items].map(([item]) => item?.messageId).toSorted()).toEqual([`${id}-0`, `${id}-1`])
      expect(next.cursor).toBe(null)
    } finally {
      vi.useRealTimers()
    }
  })

  test.each([
    ['', 'one question at a time: expected one of recipient, reference, campaign, status, overdue, not none of them'],
    ['recipient=%2B33600112233&reference=order-1', 'not recipient and reference'],
    ['recipient=', 'recipient: expected a text'],
    ['recipient=+33600112233', 'recipient: expected a plus sign as %2B'],
    ['reference=a&provider=octopush', 'provider: expected only with status or overdue'],
    ['overdue=true&provider=octopush&day=2025-01-22', 'day: expected only with status'],
    ['status=delivered&provider=octopush', 'status: expected one of skipped, rejected, failed, undelivered, expired'],
    ['status=failed', 'provider: expected one of africastalking, avaamo, '],
    ['status=failed&provider=acme', 'provider: expected one of africastalking, avaamo, '],
    ['status=failed&provider=octopush&day=2025-02-30', 'day: expected a date in UTC, such as 2026-01-31'],
    ['status=failed&provider=octopush&day=yesterday', 'day: expected a date in UTC, such as 2026-01-31'],
    ['overdue=yes&provider=octopush', 'overdue: expected true'],
    ['overdue=true', 'provider: expected one of africastalking, avaamo, '],
    ['reference=a&limit=0', 'limit: expected a whole number from 1 to 1000'],
    ['reference=a&cursor=abc', 'cursor: expected the cursor of an earlier page of this query'],
    ...['{', 'null', '[1,0,2,3]', '["",0,"",""]', '["a","b","c","d"]', `["a",0,"${'p'.repeat(2_049)}","d"]`].map(
      (position) => [
        `reference=a&cursor=${encodeCursor(['deliveries', undefined, 'a', ...Array(5).fill(undefined)], `2025-01-22 ${position}`)}`,
        'cursor: expected the cursor of an earlier page of this query',
      ],
    ),
    ['reference=%2Ba+b%20c', 'reference: expected a plus sign as %2B, a blank as %20'],
    ['campaign=+summer', 'campaign: expected a plus sign as %2B, a blank as %20'],
    ['recipient=ann+news@example.com', 'recipient: expected a plus sign as %2B'],
    ['recipient=a&recipient=b', 'recipient: expected to be given once'],
    ['reference=a&referense=b', 'no parameter is called referense: expected recipient, reference, campaign, status, '],
  ])('refuses %s', async (query, detail) => {
    const answer = await ask(`deliveries?${query}`)
    expect([answer.status, answer.detail]).toEqual([400, expect.stringContaining(detail)])
  })
})

test.each(['reference=a+b', 'campaign=a%2B&X-Amz-Date=20250122T000000Z'])(
  'a query string may have %s',
  async (query) => {
    expect(await ask(`deliveries?${query}`)).toMatchObject({ status: 200, items: [] })
  },
)

const putOne = (path: string, body: unknown) => ask(`expectations/${path}`, body)

describe('PUT /v1/expectations', () => {
  test('makes a message that nobody has reported found, without a status, and overdue in time', async () => {
    const reference = `of-${id}`
    const about = { reference, recipient: '+33699887766', campaign: null, part: 2, channel: 'SMS' }
    const long = new Date(Date.now() - 60_000).toISOString()
    expect((await putOne(`telesign/${id}`, { ...about, sentAt: long, patience: 1 })).status).toBe(204)
    const own = { ...about, channel: 'sms', status: null, statusAt: null, final: false, records: 0 }
    for (const query of [`reference=${reference}`, 'recipient=%2B33699887766', 'overdue=true&provider=telesign'])
      expect(await found(query)).toMatchObject([
        { provider: 'telesign', messageId: id, ...own, sentAt: long, firstAt: long, overdueSince: expect.any(String) },
      ])
    expect(telemetry.deliveries).toContainEqual({ provider: 'telesign', isNew: false, isNewlyOverdue: true })
  })

  test('leaves the same delivery, whether the callback comes first or the expectation', async () => {
    const moment = sentAt()
    const expectation = { reference: `of-${id}`, campaign: 'autumn', sentAt: moment, patience: 3_600 }
    const first = [() => call(`${id}-a`), () => putOne(`octopush/${id}-a`, expectation)]
    const second = [() => putOne(`octopush/${id}-b`, expectation), () => call(`${id}-b`)]
    for (const step of [...first, ...second]) await step()
    const items = await found(`reference=of-${id}`, 2)
    await until(async () =>
      (await ask(`deliveries?reference=of-${id}`)).items.every((item: { records: number }) => item.records === 1),
    )
    expect(items).toHaveLength(2)
    for (const item of (await ask(`deliveries?reference=of-${id}`)).items)
      expect(item).toMatchObject({
        status: 'sent',
        recipient: '+33600112233',
        campaign: 'autumn',
        sentAt: expect.any(String),
      })
  })

  test('takes a hundred at once, the same recipient in all of them', async () => {
    const all = Array.from({ length: 100 }, (_, index) => ({
      ...{ provider: 'octopush', messageId: `${id}-${index}`, recipient: '+33655443322' },
      ...{ reference: `of-${id}`, sentAt: sentAt() },
    }))
    expect((await ask('expectations', all)).status).toBe(204)
    expect(new Set((await found(`reference=of-${id}`, 100)).map(({ messageId }) => messageId)).size).toBe(100)
    expect((await ask('expectations', [...all, all[0]])).detail).toContain('expected an array of 1 to 100 expectations')
  })

  test('the later of two about the same message counts, also in one request', async () => {
    const own = { provider: 'octopush', messageId: id, sentAt: sentAt() }
    await ask('expectations', [
      { ...own, recipient: '+33655443322', reference: `first-${id}` },
      { ...own, recipient: '0033 655 44 33 22', reference: `second-${id}` },
    ])
    await found(`reference=second-${id}`)
    await putOne(`octopush/${id}`, { sentAt: own.sentAt, recipient: '+33655443322', reference: `third-${id}` })
    await found(`reference=third-${id}`)
    for (const earlier of ['first', 'second']) await found(`reference=${earlier}-${id}`, 0)
  })

  test('two at once leave one of both', async () => {
    await call(id)
    const put = (reference: string) => putOne(`octopush/${id}`, { sentAt: sentAt(), reference, campaign: reference })
    const answers = await Promise.all([put(`a-${id}`), put(`b-${id}`)])
    expect(answers.map(({ status }) => status)).toEqual([204, 204])
    const counts = await until(async () => {
      const all = await Promise.all(['a', 'b'].map((name) => ask(`deliveries?reference=${name}-${id}`)))
      const lengths = all.map(({ items }) => items.length)
      return lengths[0] + lengths[1] === 1 ? lengths : undefined
    })
    // The follower may come after both.
    const winner = await until(async () => {
      const [item] = await found(`reference=${counts[0] === 1 ? 'a' : 'b'}-${id}`)
      return item?.records === 1 ? item : undefined
    })
    expect(winner.campaign).toBe(winner.reference)
  })

  test('a message id may have slashes, and in an array whatever a key can hold', async () => {
    const path = encodeURIComponent('a/b')
    expect((await putOne(`octopush/${path}`, { sentAt: sentAt(), reference: `slash-${id}` })).status).toBe(204)
    expect(await found(`reference=slash-${id}`)).toMatchObject([{ messageId: 'a/b' }])
    const entry = { provider: 'octopush', messageId: '100% sure?', sentAt: sentAt(), reference: `odd-${id}` }
    expect((await ask('expectations', [entry])).status).toBe(204)
    expect(await found(`reference=odd-${id}`)).toMatchObject([{ messageId: '100% sure?' }])
  })

  test('an id of an e-mail is kept without angle brackets', async () => {
    const own = { sentAt: sentAt(), reference: `brackets-${id}` }
    expect((await putOne(`octopush/${encodeURIComponent(`<${id}@x>`)}`, own)).status).toBe(204)
    const entries = [`<${id}@x>`, `<${id}>`].map((messageId) => ({ provider: 'octopush', messageId, ...own }))
    expect((await ask('expectations', entries)).status).toBe(204)
    const ids = (await found(`reference=${own.reference}`, 2)).map(({ messageId }) => messageId)
    expect(ids.toSorted()).toEqual([`${id}@x`, `<${id}>`].toSorted())
  })

  const good = { provider: 'octopush', messageId: 'good', sentAt: '2025-01-22T10:00:00+01:00' }

  test.each<[string, unknown, string]>([
    ['no JSON', '{', 'body: expected JSON'],
    ['an empty body', '', 'body: expected JSON'],
    ['no array', good, 'body: expected an array of 1 to 100 expectations'],
    ['an empty array', [], 'expected an array of 1 to 100 expectations'],
    ['an entry that is no object', [good, 7], '[1]: expected an object'],
    [
      'an unknown member',
      [good, { ...good, sendAt: 1 }],
      '[1]: expected no sendAt: the members are provider, account, messageId, rec',
    ],
    [
      'names of any length, as they are',
      [{ ...good, ['"\n'.repeat(100)]: 1, a: 1, b: 1, c: 1 }],
      `[0]: expected no ${'\\"\\n'.repeat(25)}, a, b: the members are`,
    ],
    [
      'an unknown provider',
      [good, { ...good, provider: 'acme' }],
      '[1].provider: expected one of africastalking, avaamo, ',
    ],
    ['no message id', [{ ...good, messageId: undefined }], '[0].messageId: expected a text of 1 to 1024 characters'],
    [
      'an id that no key can hold',
      [{ ...good, messageId: '€'.repeat(1_000) }],
      '[0].messageId: expected 1 to 2039 bytes',
    ],
    [
      'half of a character',
      '[{"provider":"octopush","messageId":"\\ud800","sentAt":"2025-01-22T10:00:00Z"}]',
      '[0].messageId: e',
    ],
    ['half of a character in a text', [{ ...good, reference: '\ud800' }], '[0].reference: expected a text'],
    ['an empty text', [{ ...good, recipient: '' }], '[0].recipient: expected a text of 1 to 1024 characters'],
    ['a recipient of blanks', [{ ...good, recipient: ' \u200b' }], '[0].recipient: expected a number, an address or'],
    ['a text that is too long', [{ ...good, campaign: 'c'.repeat(1_025) }], '[0].campaign: expected a text of 1 to'],
    ['no time', [{ ...good, sentAt: undefined }], '[0].sentAt: expected a time in RFC 3339'],
    ['a time without an offset', [{ ...good, sentAt: '2025-01-22T10:00:00' }], '[0].sentAt: expected a time in RFC'],
    ['a day that does not exist', [{ ...good, sentAt: '2025-02-30T10:00:00Z' }], '[0].sentAt: expected a time in RFC'],
    ['a time long ago', [{ ...good, sentAt: '1999-12-31T23:59:59Z' }], '[0].sentAt: expected a time in RFC 3339'],
    ['a time far from now', [{ ...good, sentAt: '2199-12-31T23:59:59Z' }], '[0].sentAt: expected a time in RFC 3339'],
    ['no patience', [{ ...good, patience: 0 }], '[0].patience: expected a whole number from 1 to 34560000'],
    ['too much patience', [{ ...good, patience: 34_560_001 }], '[0].patience: expected a whole number from 1 to'],
    ['half a second of patience', [{ ...good, patience: 0.5 }], '[0].patience: expected a whole number from 1 to'],
    ['a part that is a text', [{ ...good, part: '1' }], '[0].part: expected a whole number from 0 to 9999999999'],
    ['a key __proto__', '[{"__proto__": {}}]', 'body: expected no key __proto__'],
  ])('refuses %s, and writes nothing', async (_, body, detail) => {
    const rows = async () => (await readAll(stack().deliveries)).filter(({ pk }) => pk !== 'sweep')
    const before = await rows()
    const answer = await ask('expectations', body)
    expect([answer.status, answer.detail]).toEqual([400, expect.stringContaining(detail)])
    expect(await rows()).toEqual(before)
  })

  test.each([
    ['acme/one', { sentAt: '2025-01-22T10:00:00Z' }, 'provider: expected one of africastalking, avaamo, '],
    ['octopush/one', { provider: 'octopush', sentAt: '2025-01-22T10:00:00Z' }, 'body: expected no provider'],
    ['octopush/one', [], 'body: expected an object'],
    [
      `octopush/${'m'.repeat(1_025)}`,
      { sentAt: '2025-01-22T10:00:00Z' },
      'messageId: expected a text of 1 to 1024 characters',
    ],
  ])('refuses at %s %j', async (path, body, detail) => {
    const answer = await putOne(path, body)
    expect([answer.status, answer.detail]).toEqual([400, expect.stringContaining(detail)])
  })
})

describe('a stage without them', () => {
  /** Asks a query API that works with the stack's tables, but for these. */
  async function askWith(more: object, routeKey: string, event: object) {
    const { ledger, quarantine, queue, deliveries } = stack()
    const own = recordingTelemetry()
    const desk = { providers: ['octopush'], ledger, quarantine, queue, telemetry: own, deliveries }
    const query = createQuery({ ...desk, deliveries: { ...deliveries, ...more } })
    const context = { requestId: 'id' }
    const answer = await query({ routeKey, requestContext: context, ...event } as never, {} as never)
    return { ...answer, own, ...JSON.parse(answer.body ?? '{}') }
  }

  test.each([
    ['recipient', { recipient: '+33600112233' }, 'add "recipient" to stages.<stage>.lookups'],
    ['reference', { reference: 'a' }, 'add "reference" to stages.<stage>.lookups'],
    ['campaign', { campaign: 'a' }, 'add "campaign" to stages.<stage>.lookups'],
    ['status', { status: 'failed', provider: 'octopush' }, 'add "failed" to stages.<stage>.lookups'],
    ['overdue', { overdue: 'true', provider: 'octopush' }, 'set stages.<stage>.patience'],
  ])('says which key switches the look-up by %s on', async (_, queryStringParameters, advice) => {
    const off = { lookups: [], patience: { default: null }, expectations: false }
    const answer = await askWith(off, 'GET /v1/deliveries', { queryStringParameters })
    expect([answer.status, answer.detail]).toEqual([400, expect.stringContaining(advice)])
  })

  test('says which key lets senders say what they have sent', async () => {
    const answer = await askWith({ expectations: false }, 'PUT /v1/expectations', { body: '[]' })
    expect([answer.status, answer.detail]).toEqual([
      400,
      'expectations are off: set stages.<stage>.expectations to true',
    ])
  })

  test('asks for another try while its table is away', async () => {
    const body = JSON.stringify({ sentAt: '2025-01-22T10:00:00Z' })
    const event = { body, pathParameters: { provider: 'octopush', messageId: 'one' } }
    const answer = await askWith({ name: 'gone' }, 'PUT /v1/expectations/{provider}/{messageId+}', event)
    expect(answer).toMatchObject({ status: 503, headers: { 'retry-after': '5' } })
    expect(answer.own.refusals).toHaveLength(1)
  })
})
