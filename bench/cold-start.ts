import { fork } from 'node:child_process'
import { once } from 'node:events'
import { copyFileSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { build, type Plugin } from 'esbuild'
import { aliasesOf, BUNDLING, type Entry, externalOf, ROOT } from '../lib/bundling.ts'
import { startAwsMock } from './aws-mock.ts'
import { httpEvent, queueEvent } from './events.ts'
import { type Contender, compare, type Finding } from './measurement.ts'

const RUN = join(ROOT, 'bench', 'cold-start-run.cjs')
const INVOCATIONS = 30
const COMMON = { bundle: true, platform: 'node', logLevel: 'error' } as const

/** The providers of the worker before there was a catalogue. */
const FIRST_FOUR = ['avaamo', 'nifteem', 'octopush', 'telesign']

/** Puts a catalogue of these providers in place of the whole one. */
const catalogueOf = (ids: readonly string[]): Plugin => ({
  name: 'catalogue',
  setup({ onLoad }) {
    const imports = ids.map((id) => `import { ${id} } from './${id}/provider.ts'`)
    const contents = [...imports, `export const providers = [${ids}]`].join('\n')
    onLoad({ filter: /functions.providers.index\.ts$/ }, () => ({ contents, loader: 'ts' }))
  },
})

/** Bundled as it is deployed. */
async function bundleOurs(folder: string, entry: Entry, plugins: Plugin[] = []): Promise<string> {
  const outfile = join(folder, 'index.js')
  const entryPoints = [join(ROOT, 'functions', entry, 'handler.ts')]
  const alias = aliasesOf(entry === 'receiver' ? 'octopush' : undefined)
  await build({ ...COMMON, ...BUNDLING, alias, external: externalOf(entry), entryPoints, outfile, plugins })
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

/** A process that loads a bundle and invokes its handler; nothing but the process without a bundle. */
const contenderOf =
  (env: Record<string, string>, event: object) =>
  (name: string, bundle?: string, start = ''): Contender => ({
    name,
    async measure() {
      const args = bundle === undefined ? [] : [bundle, JSON.stringify(event), String(INVOCATIONS), start]
      const child = fork(RUN, args, {
        env: { ...env, PROVIDERS: FIRST_FOUR.join(), PATH: process.env.PATH },
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

/** Cold starts of a function: until the bundle is loaded, and until the first call over TLS is answered. */
export async function coldStarts(entry: 'receiver' | 'worker', rounds: number): Promise<Finding> {
  const mock = await startAwsMock()
  const contender = contenderOf(mock.env, entry === 'receiver' ? httpEvent() : queueEvent(1))
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

/** Cold starts of the worker with four providers enabled: out of the whole catalogue, and where there are no others. */
export async function catalogueStarts(rounds: number): Promise<Finding> {
  const mock = await startAwsMock()
  const contender = contenderOf(mock.env, queueEvent(1))
  const bundled = async (name: string, plugins: Plugin[]) => {
    const folder = join(mock.folder, name)
    mkdirSync(folder)
    return contender(name, await bundleOurs(folder, 'worker', plugins), copyStart(folder))
  }
  try {
    return await compare(
      'Cold start of the worker by its catalogue',
      'Four providers enabled; milliseconds since the process began; first and warm invoke by themselves',
      [await bundled('four providers', [catalogueOf(FIRST_FOUR)]), await bundled('the whole catalogue', [])],
      rounds,
    )
  } finally {
    mock.stop()
  }
}
