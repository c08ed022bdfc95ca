import { type ChildProcess, execFile, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { providers } from '../functions/providers/index.ts'
import { findDynoxide } from '../local/dynamodb.ts'
import { freePort } from '../local/port.ts'
import type { Parts } from '../local/stack.ts'
import { consoleTelemetry } from '../local/terminal.ts'
import { sendSms } from './callbacks.ts'
import { until } from './until.ts'

const isEmulatorOwn = !process.env.DYNAMODB_ENDPOINT
const running = new Set<ChildProcess>()
afterEach(() => {
  for (const child of running) child.kill('SIGKILL')
  running.clear()
})

/** Runs a program, with its output line by line; `closed` resolves when no process that it started holds its output any more. */
function run(program: string, args: string[], environment: Record<string, string> = {}) {
  const child = spawn(program, args, { env: { ...process.env, PORT: '0', ...environment } })
  running.add(child)
  const lines: string[] = []
  for (const input of [child.stdout, child.stderr]) createInterface({ input }).on('line', (line) => lines.push(line))
  const codeOf = (event: string) => once(child, event).then(([code]) => code as number | null)
  return { child, lines, exited: codeOf('exit'), closed: codeOf('close') }
}

const runStack = (environment: Record<string, string>, args: string[] = []) =>
  run(process.execPath, ['bin/local.ts', ...args], environment)

async function start(
  environment: Record<string, string> = {},
  [program = '', ...args]: string[] = [process.execPath, 'bin/local.ts'],
) {
  const started = run(program, args, environment)
  const line = await until(() => started.lines.find((line) => line.startsWith('delivery-ledger listens on ')))
  await until(() => started.lines.some((line) => line.includes('/v1/quarantine')))
  const url = line.slice('delivery-ledger listens on '.length)
  return { ...started, url, parts: (await (await fetch(`${url}/local`)).json()) as Parts }
}

/** Whether anybody listens at a URL. */
const listens = (url: string): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(Number(new URL(url).port), '127.0.0.1')
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false))
    socket.once('close', () => socket.destroy())
  })

/** Whether a stack, or the emulator that it has started, is still there. */
const isThere = async ({ url, parts }: { url: string; parts: Parts }): Promise<boolean> =>
  (await listens(url)) || (isEmulatorOwn && (await listens(parts.dynamoDb)))

describe('npm start', () => {
  test.each([[[]], [['--public-url', 'https://ledger.example.com']]])(
    'prints a short curl line for each provider, and each of them becomes a record (%s)',
    async (options) => {
      const { url, lines } = await start({}, [process.execPath, 'bin/local.ts', ...options])
      await until(() => lines.some((line) => line.includes(`/local/examples/${providers.at(-1)?.id} `)))
      const curls = lines.filter((line) => /^ +curl .*(--data-binary|\| sh)/.test(line))
      expect(curls).toHaveLength(providers.length)
      for (const curl of curls) expect(curl.length, curl).toBeLessThan(320)
      expect(lines.filter((line) => line === '')).toEqual([])
      for (const curl of curls) await promisify(execFile)('sh', ['-c', curl])
      await until(() => lines.filter((line) => line.startsWith('recorded')).length === providers.length)
      expect(lines.filter((line) => line.startsWith('refused'))).toEqual([])
      expect((await fetch(`${url}/v1/messages/octopush/sms_1`)).status).toBe(200)
    },
  )

  test('serves the whole commands, each in one line, and says which expire soon', async () => {
    const { url } = await start()
    const commands = (await (await fetch(`${url}/local/examples`)).text()).trimEnd().split('\n')
    expect(commands).toHaveLength(providers.length)
    for (const command of commands) expect(command).toMatch(/^curl -i [^\r]+$/)
    expect(commands.find((command) => command.includes("/webhooks/vonage'"))).toMatch(/ # valid for two minutes$/)
    expect(commands.find((command) => command.includes('/webhooks/octopush'))).not.toContain('valid for')
  })

  test('logs what the caller does not get: the nearest path, and whether there was a key', async () => {
    const { url, lines } = await start()
    const post = (path: string, headers = {}) => fetch(url + path, { method: 'POST', body: '{}', headers })
    expect((await post('/webhooks/octopus')).status).toBe(404)
    const answers = await Promise.all([
      post('/webhooks/octopush'),
      post('/webhooks/octopush?key=x'),
      post('/webhooks/telesign', { authorization: 'TSA x:y' }),
    ])
    expect(answers.map(({ status }) => status)).toEqual([401, 401, 401])
    for (const answer of answers) expect(await answer.text()).not.toMatch(/no key|wrong/)
    await until(() => lines.filter((line) => line.startsWith('refused')).length === 4)
    // A column is as wide as the longest id of the catalogue.
    const refused = lines.filter((line) => line.startsWith('refused')).map((line) => line.replace(/ {2,}/g, '  '))
    expect(refused.sort()).toEqual([
      expect.stringMatching(
        /^refused +- +404 POST \/webhooks\/octopus: no such path. Did you mean \/webhooks\/octopush\?$/,
      ),
      'refused  octopush  The request is not authentic. (no key)',
      'refused  octopush  The request is not authentic. (wrong key or signature)',
      'refused  telesign  The request is not authentic. (wrong key or signature)',
    ])
    const unknown = await fetch(`${url}/v1/messages/octopus/x`)
    expect([unknown.status, (await unknown.json()) as object]).toMatchObject([
      404,
      { detail: expect.stringMatching(/No provider is called octopus: expected one of .*octopush/) },
    ])
  })

  test('with --demo, shows about twenty messages, and stays up', async () => {
    const { url, lines } = await start({}, [process.execPath, 'bin/local.ts', '--demo'])
    const line = await until(() => lines.find((line) => line.startsWith('The console shows ')))
    expect(Number(/shows (\d+) example/.exec(line)?.[1])).toBeGreaterThanOrEqual(20)
    const links = lines.flatMap((line) => /http\S+#find=(\S+)/.exec(line)?.[1] ?? [])
    expect(links.length).toBeGreaterThanOrEqual(6)
    for (const [index, name] of (['recipient', 'reference', 'campaign'] as const).entries()) {
      const deliveries = async () => {
        const answer = await fetch(`${url}/v1/deliveries?${name}=${links.at(index - 3)}`)
        return ((await answer.json()) as { items: unknown[] }).items.length
      }
      await expect.poll(deliveries, { timeout: 10_000 }).toBeGreaterThanOrEqual(2)
    }
    for (const id of links.slice(0, -3)) {
      const answers = await Promise.all(
        ['octopush', 'nifteem', 'telesign'].map((provider) => fetch(`${url}/v1/messages/${provider}/${id}`)),
      )
      expect(answers.filter(({ ok }) => ok)).toHaveLength(1)
    }
    const { items } = (await (await fetch(`${url}/v1/quarantine`)).json()) as { items: { reason: string }[] }
    expect(new Set(items.map(({ reason }) => reason)).size).toBeGreaterThanOrEqual(3)
    expect(await sendSms(url, 'after')).toMatchObject({ status: 200 })
    await until(() => lines.some((line) => line.startsWith('recorded') && line.includes('after')))
  })

  test('on SIGTERM works off what it has taken, and leaves no process', async () => {
    const stack = await start()
    const { child, url, lines, closed } = stack
    const statuses = await Promise.all(
      Array.from({ length: 200 }, async (_, n) => (await sendSms(url, `m${n}`)).status),
    )
    expect(new Set(statuses)).toEqual(new Set([200]))
    child.kill('SIGTERM')
    expect(await closed).toBe(0)
    expect(lines.filter((line) => line.startsWith('recorded'))).toHaveLength(200)
    expect(lines).toContain('nothing is left in the queue')
    expect(await isThere(stack)).toBe(false)
  })

  test('does not wait for a caller that never ends its request', async () => {
    const { child, url, exited } = await start()
    const socket = connect(Number(new URL(url).port), '127.0.0.1').on('error', () => {})
    socket.write('POST /webhooks/octopush HTTP/1.1\r\nhost: x\r\ncontent-length: 10\r\n\r\nab')
    await sleep(200)
    child.kill('SIGTERM')
    expect(await exited).toBe(0)
  })

  test.runIf(isEmulatorOwn)('ends, and says why, when the DynamoDB emulator is killed', async () => {
    const stack = await start()
    const { dynamoDbPid } = stack.parts
    if (!dynamoDbPid) throw new Error('expected the emulator to be a process of the stack')
    process.kill(dynamoDbPid, 'SIGKILL')
    expect(await stack.closed).toBe(1)
    expect(stack.lines.some((line) => line.includes('the DynamoDB emulator has ended'))).toBe(true)
    expect(await isThere(stack)).toBe(false)
  })

  test.runIf(spawnSync('setpriv', ['--version']).status === 0)('killed itself, leaves no process', async () => {
    const stack = await start()
    expect(await isThere(stack)).toBe(true)
    stack.child.kill('SIGKILL')
    await stack.closed
    await until(async () => !(await isThere(stack)))
  })

  test('ends with npm, which does not pass SIGTERM on', async () => {
    const stack = await start({}, ['npm', 'start'])
    stack.child.kill('SIGTERM')
    await stack.closed
    expect(stack.lines).toContain('nothing is left in the queue')
    expect(await isThere(stack)).toBe(false)
  })

  test.each([300, 600, 900])('ends with npm also while it starts (after %i ms)', async (milliseconds) => {
    const port = await freePort()
    const { child, closed } = run('npm', ['start'], { PORT: String(port) })
    await sleep(milliseconds)
    child.kill('SIGTERM')
    await closed
    expect(await listens(`http://127.0.0.1:${port}`)).toBe(false)
  })

  test('with a data folder, loses nothing that it has taken when it is killed', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'delivery-ledger-'))
    try {
      const first = await start({ LEDGER_DATA_DIR: folder })
      const statuses = await Promise.all(
        Array.from({ length: 30 }, async (_, n) => (await sendSms(first.url, `m${n}`)).status),
      )
      expect(new Set(statuses)).toEqual(new Set([200]))
      first.child.kill('SIGKILL')
      await first.closed
      await until(async () => !(await isThere(first)))
      const second = await start({ LEDGER_DATA_DIR: folder })
      const find = async (n: number) => (await fetch(`${second.url}/v1/messages/octopush/m${n}`)).ok
      await until(async () => (await Promise.all(Array.from({ length: 30 }, (_, n) => find(n)))).every(Boolean))
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  })

  test('stacks without a data folder keep nothing in common, also on one emulator', async () => {
    const host = await start()
    const shared = { DYNAMODB_ENDPOINT: host.parts.dynamoDb, SQS_ENDPOINT: host.parts.sqs }
    const [first, second] = await Promise.all([start(shared), start(shared)])
    await sendSms(first.url, 'm1')
    await until(async () => (await fetch(`${first.url}/v1/messages/octopush/m1`)).ok)
    expect((await fetch(`${second.url}/v1/messages/octopush/m1`)).status).toBe(404)
    first.child.kill('SIGTERM')
    expect(await first.exited).toBe(0)
    expect((await fetch(`${second.url}/health`)).status).toBe(200)
  })
})

describe('npm start says in one line what is wrong and what to do', () => {
  let server: Server
  let folder: string
  let port: number
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'delivery-ledger-'))
    server = createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    port = (server.address() as { port: number }).port
  })
  afterEach(() => {
    server.close()
    rmSync(folder, { recursive: true, force: true })
  })

  const refused = async (environment: Record<string, string>, args: string[] = []) => {
    const { closed, lines } = runStack(environment, args)
    expect(await closed).toBe(1)
    return lines.filter((line) => !line.startsWith('(--help'))
  }

  test('where its port is taken', async () => {
    expect(await refused({ PORT: String(port) })).toEqual([
      `cannot start: port ${port} is taken: use PORT=${port + 1} npm start, or PORT=0 for any free one`,
    ])
  })

  test('where its port is taken and examples are asked for, with where they are', async () => {
    expect(await refused({ PORT: String(port) }, ['--examples'])).toEqual([
      `cannot start: port ${port} is taken: stop what runs there, or open http://127.0.0.1:${port}/local/examples if it is a local stack; or use PORT=${port + 1} npm start, or PORT=0 for any free one`,
    ])
  })

  test.each(['99999', ''])('where PORT is "%s"', async (PORT) => {
    expect(await refused({ PORT })).toEqual([
      expect.stringMatching(/'PORT' is invalid\. Expected a whole number from 0 to 65535/),
    ])
  })

  test.each([['--foo'], ['word']])('where an argument is %s', async (...args) => {
    expect(await refused({}, args)).toEqual([expect.stringMatching(/^error: .*(unknown option|too many arguments)/)])
  })

  test.each(['/proc/nope', 'package.json', 'package.json/inside'])(
    'where LEDGER_DATA_DIR is %s',
    async (LEDGER_DATA_DIR) => {
      expect(await refused({ LEDGER_DATA_DIR })).toEqual([
        expect.stringMatching(`^cannot start: LEDGER_DATA_DIR: ${LEDGER_DATA_DIR} is no folder that can be written`),
      ])
    },
  )

  test('where another stack uses LEDGER_DATA_DIR, until that one ends', async () => {
    const first = await start({ LEDGER_DATA_DIR: folder })
    expect(await refused({ LEDGER_DATA_DIR: folder })).toEqual([
      `cannot start: LEDGER_DATA_DIR: another stack uses ${folder}: stop it, or name another folder (--data-dir)`,
    ])
    first.child.kill('SIGTERM')
    await first.closed
    await start({ LEDGER_DATA_DIR: folder })
  })

  test.each(['DYNAMODB_ENDPOINT', 'SQS_ENDPOINT'])('where %s is no URL, or nothing answers there', async (variable) => {
    expect(await refused({ [variable]: 'localhost:8000' })).toEqual([
      `cannot start: ${variable}: expected a URL such as http://127.0.0.1:8000, not localhost:8000`,
    ])
    expect(await refused({ [variable]: 'http://127.0.0.1:1' })).toEqual([
      `cannot start: ${variable}: nothing answers at http://127.0.0.1:1 (ECONNREFUSED): start the emulator first`,
    ])
  })

  test('where there is no DynamoDB emulator for the platform; one on the PATH is taken', () => {
    expect(() => findDynoxide('', 'plan9-mips')).toThrow(
      /^there is no DynamoDB emulator: install .* or set DYNAMODB_ENDPOINT/,
    )
    const program = join(folder, process.platform === 'win32' ? 'dynoxide.exe' : 'dynoxide')
    writeFileSync(program, '')
    chmodSync(program, 0o755)
    expect(findDynoxide(['', folder].join(delimiter), 'plan9-mips')).toBe(program)
  })
})

test('the terminal says which word of a provider is in no table', () => {
  const lines: string[] = []
  const record = { messageId: 'sms_77', channel: 'sms', status: 'unknown', providerStatus: 'UNDELIVERED' }
  const outcome = { callback: { provider: 'octopush' }, result: 'recorded', records: [record], ignored: [] }
  for (const unmapped of [['UNDELIVERED'], []])
    consoleTelemetry((line) => lines.push(line)).worked({
      outcomes: [{ ...outcome, unmapped }],
      returned: [],
    } as never)
  expect(lines.map((line) => line.replace(/ +/g, ' '))).toEqual([
    'recorded octopush sms_77 sms unknown (UNDELIVERED is in no table)',
    'recorded octopush sms_77 sms unknown',
  ])
})
