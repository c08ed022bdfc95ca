import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { afterEach, expect, test, vi } from 'vitest'
import { ensurePythonPackage } from '../rehearsal/python.ts'

const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: Record<string, string> }

/** The scripts that are programs of this project, and their files. */
const programs = Object.entries(scripts).flatMap(([name, command]) => {
  const [, file] = /^node bin\/node\.mjs ((?:bin|bench)\/\S+\.ts)$/.exec(command) ?? []
  return file === undefined ? [] : [[name, file] as const]
})

afterEach(() => vi.unstubAllEnvs())

async function run(file: string, args: string[], environment: Record<string, string> = {}) {
  const child = spawn(process.execPath, [file, ...args], { env: { ...process.env, ...environment } })
  const closed = new Promise<number | null>((resolve) => child.once('close', resolve))
  const [code, stdout, stderr] = await Promise.all([closed, text(child.stdout), text(child.stderr)])
  return { code, stdout, stderr }
}

test('every program has its script', () => {
  expect(programs.map(([name]) => name)).toEqual(
    expect.arrayContaining(['start', 'demo', 'synth', 'rehearse', 'ledger', 'faults', 'bench', 'cost']),
  )
})

test.concurrent.each(programs)(
  'npm run %s explains its options, and refuses what it does not know',
  async (_, file) => {
    const help = await run(file, ['--help'])
    expect(help).toMatchObject({ code: 0, stdout: expect.stringMatching(/^Usage: /), stderr: '' })
    const refused = await run(file, ['--no-such-option'])
    expect(refused).toMatchObject({ code: 1, stdout: '' })
    expect(refused.stderr).toMatch(/^error: unknown option '--no-such-option'\n\(.*\)\n$/)
  },
)

test.each(['x', '0', '1.5'])('npm run faults refuses %o as a number of callbacks', async (callbacks) => {
  const { code, stderr } = await run('bin/faults.ts', ['--callbacks', callbacks])
  expect(code).toBe(1)
  expect(stderr).toContain('Expected a whole number of 1 or more.')
})

// Where it has run before, the package is there and Python is not looked for.
test.skipIf(existsSync('.venv')).each(['bin/synth.ts', 'bin/rehearse.ts'])(
  '%s says in one line that it needs Python',
  async (file) => {
    const { code, stderr } = await run(file, [], { PATH: '' })
    expect(code).toBe(1)
    expect(stderr).toMatch(/^(.* from PyPI …\n)?this needs Python 3\.10 or newer with venv, and PyPI: .*\n$/)
  },
)

test.skipIf(process.platform === 'win32')('a Python package that cannot be installed is one line as well', () => {
  const folder = mkdtempSync(join(tmpdir(), 'delivery-ledger-'))
  try {
    const python =
      '#!/bin/sh\n[ "$1" = -c ] && exit\necho "Traceback" >&2\necho "No matching distribution" >&2\nexit 1\n'
    writeFileSync(join(folder, 'python3'), python, { mode: 0o755 })
    vi.stubEnv('PATH', folder)
    expect(() => ensurePythonPackage('no-such-package', '1.0.0')).toThrow(
      /^this needs Python 3\.10 or newer with venv, and PyPI: .* failed: No matching distribution$/,
    )
  } finally {
    rmSync(folder, { recursive: true })
  }
})
