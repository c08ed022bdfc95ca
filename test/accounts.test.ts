import { beforeAll, describe, expect, test } from 'vitest'
import { type Provider, providerNamed, targetOf } from '../functions/domain/provider.ts'
import { queryOf } from '../functions/domain/request.ts'
import { readDeliveries } from '../functions/platform/history.ts'
import { providers } from '../functions/providers/index.ts'
import { exampleOf } from '../local/example-callback.ts'
import { send, signedRequest } from '../local/fixtures.ts'
import { runLedger } from './command-line.ts'
import { expectDocumented } from './contract.ts'
import { useStack } from './emulators.ts'
import { until } from './until.ts'

const ACCOUNTS = ['twilio/eu', 'twilio/us', 'avaamo/brand']

const secretOf = (source: string) => ({ current: `key-of-${source}` })

const { stack, telemetry } = useStack({ accounts: ACCOUNTS, secretOf })

/** Sends the example of a provider, or another body, under the URL and with the key of one of its accounts. */
async function sendAs(name: string, key = name, body?: string): Promise<number> {
  const provider = providerNamed(providers, name)
  const fixture = exampleOf(provider.id)
  const target = targetOf(provider, fixture.target)
  const sent = { ...fixture, target, ...(body !== undefined && { body: Buffer.from(body) }) }
  const request = await signedRequest(provider, sent, secretOf(key), stack().url)
  return (await send(request)).status
}

const get = async (path: string) => {
  const response = await fetch(`${stack().url}${path}`)
  // biome-ignore lint/suspicious/noExplicitAny: what the tests expect of it is what they check
  return { status: response.status, body: (await response.json()) as any }
}

describe('two accounts of one provider', () => {
  let messageId = ''
  beforeAll(async () => {
    for (const name of ['twilio', 'twilio/eu', 'twilio/us']) expect(await sendAs(name)).toBe(200)
    await until(() => telemetry.outcomes.length >= 3)
    messageId = telemetry.outcomes[0]?.stored[0]?.messageId ?? ''
  })

  test('their equal callbacks are three messages, each recorded', () => {
    expect(telemetry.outcomes.map(({ result }) => result)).toEqual(['recorded', 'recorded', 'recorded'])
  })

  test.each([
    ['provider=twilio', null],
    ['provider=twilio&account=eu', 'eu'],
    ['provider=twilio/us', 'us'],
  ])('%s asks for the message of one of them', async (asked, account) => {
    const { body } = await get(`/v1/messages?${asked}&messageId=${messageId}`)
    expect(body.deliveries).toHaveLength(1)
    expect(body.deliveries[0].history).toMatchObject([{ provider: 'twilio', account }])
  })

  test('an account that nothing is kept of has no messages', async () => {
    expect(await get(`/v1/messages?provider=twilio&account=asia&messageId=${messageId}`)).toMatchObject({ status: 404 })
  })

  test.each([
    ['GET', `/v1/messages?provider=twilio&messageId=SM1&acount=eu`],
    ['GET', `/v1/messages/twilio/SM1?acount=eu`],
    ['PUT', `/v1/expectations/twilio/SM1?acount=eu`],
  ])('%s %s is refused: it would be about another account', async (method, path) => {
    const body = method === 'PUT' ? { body: JSON.stringify({ sentAt: new Date().toISOString() }) } : {}
    const response = await fetch(`${stack().url}${path}`, { method, ...body })
    expect(response.status).toBe(400)
    expect(await response.json()).toMatchObject({ detail: expect.stringContaining('no parameter is called acount') })
  })

  test('their deliveries are found together by what they are about, each with its account', async () => {
    const { recipient } = telemetry.outcomes[0]?.stored[0] ?? {}
    await until(async () => {
      const { body } = await get(`/v1/deliveries?recipient=${encodeURIComponent(recipient ?? '')}`)
      return body.items.length === 3
    })
    const { body } = await get(`/v1/deliveries?recipient=${encodeURIComponent(recipient ?? '')}`)
    expect(body.items.map(({ account }: { account: string | null }) => account).sort()).toEqual(
      ['eu', 'us', null].sort(),
    )
  })

  test('the key of one account opens no other', async () => {
    expect(await sendAs('twilio/eu', 'twilio/us')).toBe(401)
    expect(await sendAs('twilio', 'twilio/eu')).toBe(401)
    expect(await sendAs('twilio/eu', 'twilio')).toBe(401)
  })

  test('an account that is not configured has no URL', async () => {
    expect(await sendAs('twilio/asia')).toBe(404)
  })

  test('what is expected of one account is not expected of the other', async () => {
    const body = JSON.stringify({ sentAt: new Date().toISOString(), reference: 'order 1' })
    const put = (query: string) =>
      fetch(`${stack().url}/v1/expectations/twilio/expected${query}`, { method: 'PUT', body })
    expect((await put('?account=eu')).status).toBe(204)
    expect((await put('?account=E%20U')).status).toBe(400)
    const { body: found } = await get('/v1/deliveries?reference=order%201')
    expect(found.items).toMatchObject([{ provider: 'twilio', account: 'eu', messageId: 'expected', status: null }])
  })
})

test('a callback in quarantine has its account, where there is one', async () => {
  const before = telemetry.outcomes.length
  for (const name of ['twilio', 'twilio/eu']) expect(await sendAs(name, name, 'MessageStatus=sent')).toBe(200)
  await until(() => telemetry.outcomes.length >= before + 2)

  const response = await fetch(`${stack().url}/v1/quarantine?provider=twilio`)
  const text = await response.text()
  expectDocumented('GET', response, text)
  const { items } = JSON.parse(text) as { items: { id: string; account?: string }[] }
  expect(items.map((item) => item.account ?? 'none').sort()).toEqual(['eu', 'none'])
  expect(items.find((item) => item.account === undefined)).not.toHaveProperty('account')
  const { id = '' } = items.find(({ account }) => account === 'eu') ?? {}

  const ledger = (...args: string[]) => runLedger('--url', stack().url, ...args)
  const { lines } = await ledger('quarantine', 'list', '--provider', 'twilio')
  expect(lines.filter((line) => line.includes('  twilio/eu  '))).toEqual([expect.stringContaining(id)])
  expect(lines.filter((line) => line.includes('  twilio  '))).toHaveLength(1)
  expect((await ledger('quarantine', 'show', id)).lines[1]).toMatch(/^twilio\/eu, /)
  expect((await ledger('--json', 'quarantine', 'show', id)).json()).toMatchObject([
    { provider: 'twilio', account: 'eu' },
  ])
})

test('an account of a provider that decides the end of its URL is called under a path of its own', async () => {
  const { routes } = providerNamed(providers, 'avaamo/brand') as Provider
  expect(routes.map(({ path }) => path)).toContain('/brand/custom/v1/broadcast/messages/{recipient_uuid}/status')
  const before = telemetry.outcomes.length
  expect(await sendAs('avaamo/brand')).toBe(200)
  await until(() => telemetry.outcomes.length > before)
  const [record] = telemetry.outcomes.at(-1)?.stored ?? []
  expect(record).toMatchObject({ provider: 'avaamo', account: 'brand' })
  const { rows } = await readDeliveries(stack().ledger, { source: 'avaamo/brand', messageId: record?.messageId ?? '' })
  expect(rows).toHaveLength(1)
})

test.each(['nobody', 'twilio/', 'twilio/EU', 'twilio/eu/west', 'twilio/1', '/eu'])('%s names no account', (name) => {
  expect(() => providerNamed(providers, name)).toThrow('expected one of')
})

test('every provider has a URL of its own for an account', () => {
  const paths = providers
    .flatMap(({ id, routes }) => [...routes, ...providerNamed(providers, `${id}/eu`).routes])
    .map(({ path }) => path)
  expect(new Set(paths).size).toBe(paths.length)
  expect(queryOf(targetOf({ id: 'twilio', account: 'eu' }, '/webhooks/twilio?a=1'))).toBe('a=1')
})
