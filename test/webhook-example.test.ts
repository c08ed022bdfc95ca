import { type ChildProcess, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { afterEach, describe, expect, test } from 'vitest'
import { signedHeaders } from '../functions/domain/proof/standard-webhooks.ts'
import { readState } from '../functions/platform/endpoints.ts'
import { LOCAL_AWS } from '../local/credentials.ts'
import type { Parts } from '../local/stack.ts'
import { webhookIn } from '../local/webhooks.ts'
import { sendSms } from './callbacks.ts'
import { until } from './until.ts'

const running = new Set<ChildProcess>()
afterEach(() => {
  for (const child of running) child.kill('SIGKILL')
  running.clear()
})

/** Runs a program on a free port, with its output line by line. */
function run(file: string, environment: Record<string, string> = {}) {
  const child = spawn(process.execPath, [file], { env: { ...process.env, PORT: '0', ...environment } })
  running.add(child)
  const lines: string[] = []
  for (const input of [child.stdout, child.stderr]) createInterface({ input }).on('line', (line) => lines.push(line))
  return { child, lines, exited: new Promise<number | null>((resolve) => child.once('exit', resolve)) }
}

/** Starts the example's receiver, and gives what its printed line sets. */
async function receive(environment: Record<string, string> = {}) {
  const { lines } = run('examples/webhook/receive.ts', environment)
  const line = await until(() => lines.find((one) => one.endsWith(' npm start')))
  const pairs = line
    .trim()
    .split(' ')
    .slice(0, -2)
    .map((pair) => pair.split(/=(.*)/s).slice(0, 2))
  return { lines, variables: Object.fromEntries(pairs) as Record<string, string> }
}

describe('npm run example:webhook', () => {
  test('prints the line by which the local stack sends it each event, verified', async () => {
    const { lines, variables } = await receive()
    expect(Object.keys(variables)).toEqual(['WEBHOOK_URL', 'WEBHOOK_SECRET'])
    const stack = run('bin/local.ts', variables)
    const started = await until(() => stack.lines.find((line) => line.startsWith('delivery-ledger listens on ')))
    await until(() => stack.lines.some((line) => line.includes(variables.WEBHOOK_URL as string)))
    const url = started.replace('delivery-ledger listens on ', '')
    await sendSms(url, 'sms_webhook')
    await until(() => lines.filter((line) => line.startsWith('new ')).length === 2)
    expect(lines.filter((line) => line.includes('sms_webhook')).toSorted()).toEqual([
      expect.stringMatching(/^new +delivery\.changed +octopush sms_webhook {2}delivered {2}\+33600112233$/),
      expect.stringMatching(/^new +status\.recorded +octopush sms_webhook {2}delivered {2}\+33600112233$/),
    ])

    const parts = (await (await fetch(`${url}/local`)).json()) as Parts
    expect(parts.endpoints).toMatchObject([{ name: 'local', url: variables.WEBHOOK_URL }])
    const [endpoint] = parts.endpoints ?? []
    const client = new DynamoDBClient({ ...LOCAL_AWS, endpoint: parts.dynamoDb })
    await until(async () => {
      const { state, lastAnswer } = await readState({ client, name: endpoint?.webhooks ?? '' }, 'local')
      return state === 'flowing' && lastAnswer === '204'
    })
    stack.child.kill('SIGTERM')
    expect(await stack.exited).toBe(0)
    // Nothing that is printed, or served, has the secret.
    const key = (variables.WEBHOOK_SECRET as string).slice('whsec_'.length)
    expect(JSON.stringify([stack.lines, parts])).not.toContain(key)
  })

  test('tells repeats and older events from new ones, and refuses what is not signed', async () => {
    const { lines, variables } = await receive()
    const { WEBHOOK_URL: url = '', WEBHOOK_SECRET: secret = '' } = variables
    const post = async (changes: object, key = secret) => {
      const type = 'delivery-ledger.delivery.changed'
      const data = { provider: 'octopush', messageId: 'sms_1', status: 'sent', recipient: null, previousStatus: null }
      const body = Buffer.from(JSON.stringify({ id: 'a', type, subject: 's', sequence: '2', data, ...changes }))
      const headers = signedHeaders('a', Math.floor(Date.now() / 1_000), body, { current: key })
      return (await fetch(url, { method: 'POST', headers, body })).status
    }
    expect(await post({})).toBe(204)
    expect(await post({})).toBe(204)
    expect(await post({ id: 'b', sequence: '1' })).toBe(204)
    expect(await post({ id: 'c', sequence: '3' })).toBe(204)
    expect(await post({ id: 'd' }, 'YW5vdGhlciBzZWNyZXQgdGhhdCBpcyBsb25n')).toBe(401)
    expect((await fetch(url, { method: 'POST', body: '{}' })).status).toBe(401)
    await until(() => lines.length === 8)
    expect(lines.slice(2).map((line) => line.split(' ')[0])).toEqual([
      'new',
      'repeat',
      'older',
      'new',
      'refused',
      'refused',
    ])
  })

  test('keeps a secret that it is given', async () => {
    const secret = `whsec_${Buffer.alloc(32, 7).toString('base64')}`
    expect((await receive({ WEBHOOK_SECRET: secret })).variables.WEBHOOK_SECRET).toBe(secret)
  })
})

describe('npm start', () => {
  const URL = 'http://127.0.0.1:3001/'
  const SECRET = `whsec_${Buffer.alloc(32, 7).toString('base64')}`

  test.each([
    ['no secret', { WEBHOOK_URL: URL }, 'WEBHOOK_SECRET'],
    ['a secret without whsec_', { WEBHOOK_URL: URL, WEBHOOK_SECRET: SECRET.slice(6) }, 'WEBHOOK_SECRET'],
    ['a short secret', { WEBHOOK_URL: URL, WEBHOOK_SECRET: 'whsec_c2hvcnQ=' }, 'WEBHOOK_SECRET'],
    ['no URL', { WEBHOOK_SECRET: SECRET }, 'WEBHOOK_URL'],
    ['a path', { WEBHOOK_URL: '/hook', WEBHOOK_SECRET: SECRET }, 'WEBHOOK_URL'],
    ['another protocol', { WEBHOOK_URL: 'ftp://127.0.0.1/', WEBHOOK_SECRET: SECRET }, 'WEBHOOK_URL'],
    ['a password', { WEBHOOK_URL: 'http://a:b@127.0.0.1/', WEBHOOK_SECRET: SECRET }, 'WEBHOOK_URL'],
  ])('refuses a consumer of %s in one line, which does not show the secret', (_, variables, name) => {
    const refusal = new RegExp(`^${name}: expected .*$`)
    expect(() => webhookIn(variables)).toThrow(refusal)
    expect(() => webhookIn(variables)).not.toThrow(SECRET.slice(6))
  })

  test('ends with that line', async () => {
    const { lines, exited } = run('bin/local.ts', { WEBHOOK_URL: URL })
    expect(await exited).toBe(1)
    expect(lines).toEqual([expect.stringMatching(/^cannot start: WEBHOOK_SECRET: expected /)])
  })

  test('needs no consumer', () => {
    expect(webhookIn({})).toBeUndefined()
    expect(webhookIn({ WEBHOOK_URL: URL, WEBHOOK_SECRET: SECRET })).toEqual({ url: URL, secret: SECRET })
  })
})
