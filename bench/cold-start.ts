import { fork } from 'node:child_process'
import { once } from 'node:events'
import { copyFileSync } from 'node:fs'
import { join } from 'node:path'
import { build } from 'esbuild'
import { aliasesOf, BUNDLING, type Entry, externalOf, ROOT } from '../lib/bundling.ts'
import { startAwsMock } from './aws-mock.ts'
import { httpEvent, queueEvent } from './events.ts'
import { type Contender, compare, type Finding } from './measurement.ts'

const RUN = join(ROOT, 'bench', 'cold-start-run.cjs')
const INVOCATIONS = 30
const COMMON = { bundle: true, platform: 'node', logLevel: 'error' } as const

/** Bundled as it is deployed. */
async function bundleOurs(folder: string, entry: Entry): Promise<string> {
  const outfile = join(folder, 'index.js')
  const entryPoints = [join(ROOT, 'functions', entry, 'handler.ts')]
  const alias = aliasesOf(entry === 'receiver' ? 'octopush' : undefined)
  await build({ ...COMMON, ...BUNDLING, alias, external: externalOf(entry), entryPoints, outfile })
  return outfile
}

/** What Lambda loads: it waits until the bundle is ready. */
function copyStart(folder: string): string {
  const start = join(folder, 'start.mjs')
  copyFileSync(join(ROOT, 'functions', 'start.mjs'), start)
  return start
}

/** Bundled as the CDK does by default, or as lean as ours. */
async function bundlePeer(folder: string, name: string, isLean: boolean): Promise<string> {
  const outfile = join(folder, `${name}-${isLean}.cjs`)
  const entryPoints = [join(ROOT, 'bench', 'peers', `${name}.ts`)]
  const options = isLean
    ? { ...BUNDLING, alias: aliasesOf(), external: externalOf('worker') }
    : { target: 'node24', format: 'cjs' as const }
  await build({ ...COMMON, ...options, entryPoints, outfile })
  return outfile
}

/** Cold starts of a function: until the bundle is loaded, and until the first call over TLS is answered. */
export async function coldStarts(entry: 'receiver' | 'worker', rounds: number): Promise<Finding> {
  const mock = await startAwsMock()
  const event = JSON.stringify(entry === 'receiver' ? httpEvent() : queueEvent(1))
  const contender = (name: string, bundle?: string, start = ''): Contender => ({
    name,
    async measure() {
      const args = bundle === undefined ? [] : [bundle, event, String(INVOCATIONS), start]
      const child = fork(RUN, args, {
        env: { ...mock.env, PATH: process.env.PATH },
        stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      })
      const [found] = await once(child, 'message')
      const { import: loaded, send, first, warm } = found as Record<string, number>
      const cells = { import: loaded as number, 'first call': send as number }
      return first === undefined || warm === undefined
        ? cells
        : { ...cells, 'first invoke': first, 'warm invoke': warm }
    },
  })
  try {
    return await compare(
      `Cold start of the ${entry}`,
      'Milliseconds since the process began; first and warm invoke by themselves',
      [
        contender('bare node'),
        contender('delivery-ledger', await bundleOurs(mock.folder, entry), copyStart(mock.folder)),
        contender('the SDK alone, as lean', await bundlePeer(mock.folder, `sdk-${entry}`, true)),
        contender('the SDK alone, bundler defaults', await bundlePeer(mock.folder, `sdk-${entry}`, false)),
        contender('the usual stack', await bundlePeer(mock.folder, `usual-${entry}`, false)),
      ],
      rounds,
    )
  } finally {
    mock.stop()
  }
}
