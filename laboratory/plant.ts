import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import pMap from 'p-map'
import { ROOT } from '../local/sources.ts'
import type { PlantedBug } from './planted-bugs.ts'

/** What became of a planted bug. */
export interface Harvest extends PlantedBug {
  result: 'killed' | 'survived' | 'does not apply'
  /** The first test that failed, or what the faults brought to light. */
  by: string
  /** How long that took. */
  seconds: number
}

/** What a bug could not be found by: the size of bundles, times on a busy machine, the table of bugs itself. */
const BLIND = ['budgets', 'lib/bundles', 'planted-bugs', 'laboratory', 'docs', 'lib/documented'].map(
  (name) => `test/${name}.test.ts`,
)

const LEFT_OUT = new Set(['.git', 'node_modules', 'cdk.out', 'coverage', '.stryker'])

/** Runs of `npm run faults`, each with another seed: what needs a coincidence may not show in the first. */
const SEEDS = [1, 2, 3]

/** Longest time of one run, in milliseconds: a bug may make the tests wait for ever. */
const PATIENCE = 15 * 60_000

/** The source with the bug; undefined where the text to be changed does not stand there exactly once. */
export function planted(source: string, bug: Pick<PlantedBug, 'old' | 'new'>): string | undefined {
  const [before, after, ...more] = source.split(bug.old)
  return after === undefined || more.length > 0 ? undefined : `${before}${bug.new}${after}`
}

/** Plants bugs one by one, each in a copy of this project, side by side; `report` gets each as soon as it is known. */
export const plantAll = (bugs: readonly PlantedBug[], report: (harvest: Harvest) => void): Promise<Harvest[]> =>
  pMap(
    bugs,
    async (bug) => {
      const harvest = await plant(bug)
      report(harvest)
      return harvest
    },
    { concurrency: availableParallelism() },
  )

async function plant(bug: PlantedBug): Promise<Harvest> {
  const start = Date.now()
  const root = mkdtempSync(join(tmpdir(), 'delivery-ledger-bug-'))
  const clean = () => rmSync(root, { recursive: true, force: true })
  process.once('exit', clean)
  try {
    copyProject(root)
    const source = planted(readFileSync(join(root, bug.file), 'utf8'), bug)
    if (source === undefined) return { ...bug, result: 'does not apply', by: bug.file, seconds: 0 }
    writeFileSync(join(root, bug.file), source)
    const by = bug.suite === 'test' ? await test(root, bug) : await runFaults(root)
    return {
      ...bug,
      result: by === undefined ? 'survived' : 'killed',
      by: by ?? '',
      seconds: (Date.now() - start) / 1000,
    }
  } finally {
    process.off('exit', clean)
    clean()
  }
}

function copyProject(root: string): void {
  for (const name of readdirSync(ROOT))
    if (!LEFT_OUT.has(name)) cpSync(join(ROOT, name), join(root, name), { recursive: true })
  symlinkSync(join(ROOT, 'node_modules'), join(root, 'node_modules'), 'junction')
}

/** The most likely files first, then all others. */
async function test(root: string, { tests = [] }: PlantedBug): Promise<string | undefined> {
  const likely = await vitest(root, [...tests])
  return (
    likely ??
    vitest(
      root,
      BLIND.concat(tests).flatMap((file) => ['--exclude', file]),
    )
  )
}

async function vitest(root: string, args: string[]): Promise<string | undefined> {
  const program = ['node_modules/vitest/vitest.mjs', 'run', '--bail', '1', '--maxWorkers', '1', '--reporter', 'dot']
  const { code, output } = await runNode(root, [...program, ...args])
  if (code === 0) return undefined
  return /FAIL\s+(.*)/.exec(output)?.[1] ?? output.trim().split('\n').at(-1) ?? 'no output'
}

async function runFaults(root: string): Promise<string | undefined> {
  for (const seed of SEEDS) {
    const { code, output } = await runNode(root, ['bin/faults.ts', '--seed', String(seed), '--callbacks', '1500'])
    if (code !== 0)
      return /^(?:ledger|quarantine|delivery|outcome|answer|counts|dead).*$/m.exec(output)?.[0] ?? output.slice(-200)
  }
  return undefined
}

async function runNode(cwd: string, args: string[]): Promise<{ code: number | null; output: string }> {
  const { npm_lifecycle_event, ...env } = process.env
  const child: ChildProcess = spawn(process.execPath, args, {
    cwd,
    env: { ...env, NO_COLOR: '1' },
    timeout: PATIENCE,
    killSignal: 'SIGKILL',
  })
  const kill = () => child.kill('SIGKILL')
  process.once('exit', kill)
  const exit = once(child, 'exit')
  const output = await Promise.all([child.stdout, child.stderr].map((stream) => (stream ? text(stream) : '')))
  await exit
  process.off('exit', kill)
  return { code: child.exitCode, output: output.join('') }
}
