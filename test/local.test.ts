import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, describe, expect, test } from 'vitest'
import { until } from './until.ts'

const MARK = 'LEDGER_TEST_MARK'
const running = new Set<ChildProcess>()
afterEach(() => {
  for (const child of running) child.kill('SIGKILL')
  running.clear()
})

/** Runs a program, with its output line by line. */
function run(program: string, args: string[], environment: Record<string, string> = {}) {
  const mark = randomUUID()
  const child = spawn(program, args, {
    env: { ...process.env, PORT: '0', [MARK]: mark, ...environment },
  })
  running.add(child)
  const lines: string[] = []
  for (const input of [child.stdout, child.stderr]) createInterface({ input }).on('line', (line) => lines.push(line))
  return { child, lines, mark, exited: once(child, 'exit').then(([code]) => code as number | null) }
}

async function start(
  environment: Record<string, string> = {},
  [program = '', ...args] = [process.execPath, 'bin/local.ts'],
) {
  const started = run(program, args, environment)
  const line = await until(() => started.lines.find((line) => line.startsWith('delivery-ledger listens on ')))
  await until(() => started.lines.some((line) => line.includes('/v1/quarantine')))
  return { ...started, url: line.slice('delivery-ledger listens on '.length) }
}

/** The processes that carry a mark, by /proc. */
const marked = (mark: string): number[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        return readFileSync(`/proc/${pid}/environ`, 'utf8').includes(`${MARK}=${mark}`)
      } catch {
        return false
      }
    })
    .map(Number)

const send = (url: string, id: string) =>
  fetch(`${url}/webhooks/octopush?key=local-key`, {
    method: 'POST',
    body: JSON.stringify({
      channel: 'sms',
      message_id: id,
      number: '+33600112233',
      status: 'DELIVERED',
      delivery_date: '2025-01-22 11:46:06',
    }),
  })

describe('npm start', () => {
  test('prints a curl line for each provider, and each of them becomes a record', async () => {
    const { url, lines } = await start()
    const curls = lines.join('\n').match(/curl -i (?:.|\n)*?--data-binary '[^']*'/g) ?? []
    expect(curls).toHaveLength(4)
    for (const curl of curls) {
      const [, method = '', target = ''] = /-X (\w+) '([^']+)'/.exec(curl) ?? []
      const headers = [...curl.matchAll(/-H '([^:]+): ([^']+)'/g)].map(
        ([, name = '', value = '']) => [name, value] as [string, string],
      )
      const body = /--data-binary '([^']*)'/.exec(curl)?.[1] ?? ''
      expect((await fetch(target, { method, headers, body })).status).toBe(200)
    }
    await until(() => lines.filter((line) => line.startsWith('recorded')).length === 4)
    expect((await fetch(`${url}/v1/messages/octopush/email_0000000000000000000000`)).status).toBe(200)
  })

  test('on SIGTERM works off what it has taken, and leaves no process', async () => {
    const { child, url, lines, mark, exited } = await start()
    const statuses = await Promise.all(Array.from({ length: 200 }, async (_, n) => (await send(url, `m${n}`)).status))
    expect(new Set(statuses)).toEqual(new Set([200]))
    child.kill('SIGTERM')
    expect(await exited).toBe(0)
    expect(lines.filter((line) => line.startsWith('recorded'))).toHaveLength(200)
    expect(lines).toContain('nothing is left in the queue')
    expect(marked(mark)).toEqual([])
  })

  test('does not wait for a caller that never ends its request', async () => {
    const { child, url, exited } = await start()
    const socket = connect(Number(new URL(url).port), '127.0.0.1').on('error', () => {})
    socket.write('POST /webhooks/octopush HTTP/1.1\r\nhost: x\r\ncontent-length: 10\r\n\r\nab')
    await sleep(200)
    child.kill('SIGTERM')
    expect(await exited).toBe(0)
  })

  test('ends, and says why, when the DynamoDB emulator is killed', async () => {
    const { child, lines, mark, exited } = await start()
    const [emulator = 0] = marked(mark).filter((pid) => pid !== child.pid)
    process.kill(emulator, 'SIGKILL')
    expect(await exited).toBe(1)
    expect(lines.some((line) => line.includes('the DynamoDB emulator has ended'))).toBe(true)
    expect(marked(mark)).toEqual([])
  })

  test.runIf(spawnSync('setpriv', ['--version']).status === 0)('killed itself, leaves no process', async () => {
    const { child, mark, exited } = await start()
    expect(marked(mark)).toHaveLength(2)
    child.kill('SIGKILL')
    await exited
    await until(() => marked(mark).length === 0)
  })

  test('ends with npm, which does not pass SIGTERM on', async () => {
    const { child, lines, mark } = await start({}, ['npm', 'start'])
    child.kill('SIGTERM')
    await until(() => marked(mark).length === 0)
    expect(lines).toContain('nothing is left in the queue')
  })

  test('with a data folder, loses nothing that it has taken when it is killed', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'delivery-ledger-'))
    try {
      const first = await start({ LEDGER_DATA_DIR: folder })
      const statuses = await Promise.all(
        Array.from({ length: 30 }, async (_, n) => (await send(first.url, `m${n}`)).status),
      )
      expect(new Set(statuses)).toEqual(new Set([200]))
      first.child.kill('SIGKILL')
      await first.exited
      await until(() => marked(first.mark).length === 0)
      const second = await start({ LEDGER_DATA_DIR: folder })
      const find = async (n: number) => (await fetch(`${second.url}/v1/messages/octopush/m${n}`)).ok
      await until(async () => (await Promise.all(Array.from({ length: 30 }, (_, n) => find(n)))).every(Boolean))
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  })

  test('says so where its port is taken', async () => {
    const server = createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as { port: number }
    const { exited, lines } = run(process.execPath, ['bin/local.ts'], { PORT: String(port) })
    expect(await exited).toBe(1)
    expect(lines.join()).toContain('cannot start: listen EADDRINUSE')
    server.close()
  })
})
