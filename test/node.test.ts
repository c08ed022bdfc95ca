import { type ChildProcess, spawn } from 'node:child_process'
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, expect, test } from 'vitest'
import { until } from './until.ts'

const LAUNCHER = fileURLToPath(new URL('../bin/node.mjs', import.meta.url))
const OLD = `data:text/javascript,Object.defineProperty(process,'versions',{value:{...process.versions,node:'20.20.2'}})`
const OLDER_NODE = ['--import', OLD]

const running = new Set<ChildProcess>()
afterEach(() => {
  for (const child of running) child.kill('SIGKILL')
  running.clear()
})

/** Runs Node; `closed` resolves with the exit code when no process holds its output any more. */
function run(args: string[], env: Record<string, string> = {}) {
  const child = spawn(process.execPath, args, { env: { ...process.env, ...env } })
  running.add(child)
  const output = { text: '' }
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output.text += chunk))
  const closed = new Promise<number | null>((resolve) => child.once('close', resolve))
  return { child, output, closed }
}

const WAITS = `
  process.on('SIGTERM', () => { console.log('drained'); process.exit(3) })
  console.log('ready')
  setInterval(() => {}, 1000)`

test('a program runs on Node 24, whatever Node the machine has', async () => {
  const { output, closed } = run([...OLDER_NODE, LAUNCHER, '-p', 'process.versions.node'])
  expect(await closed).toBe(0)
  expect(Number.parseInt(output.text, 10)).toBeGreaterThanOrEqual(24)
})

test('what it starts finds the same Node on the PATH', async () => {
  const program = `process.stdout.write(require('node:child_process').execFileSync('node', ['-p', 'process.execPath']))`
  const { output, closed } = run([LAUNCHER, '-e', program], { PATH: '' })
  expect(await closed).toBe(0)
  expect(output.text.trim()).toBe(process.execPath)
})

test('one line says what to do where there is no Node 24', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'delivery-ledger-'))
  try {
    copyFileSync(LAUNCHER, join(folder, 'node.mjs'))
    const { output, closed } = run([...OLDER_NODE, join(folder, 'node.mjs'), '-p', '1'])
    expect(await closed).toBe(1)
    expect(output.text).toMatch(/^delivery-ledger needs Node 24 or newer.*npm ci.*\n$/)
  } finally {
    rmSync(folder, { recursive: true })
  }
})

test('the exit code of the program is kept', async () => {
  const { closed } = run([LAUNCHER, '-e', 'process.exit(7)'])
  expect(await closed).toBe(7)
})

test.each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)(
  '%s reaches the program, which ends as it likes',
  async (signal) => {
    const { child, output, closed } = run([LAUNCHER, '-e', WAITS.replace('SIGTERM', signal)])
    await until(() => output.text.includes('ready'))
    child.kill(signal)
    expect(await closed).toBe(3)
    expect(output.text).toContain('drained')
  },
)

test('the program ends where npm has ended', async () => {
  const npm = `require('node:child_process').spawn(process.execPath, ${JSON.stringify([LAUNCHER, '-e', WAITS])}, { stdio: 'inherit' })`
  const { child, output, closed } = run(['-e', npm], { npm_lifecycle_event: 'start' })
  await until(() => output.text.includes('ready'))
  child.kill('SIGKILL')
  await closed
  expect(output.text).toContain('drained')
})
