import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { App } from 'aws-cdk-lib'
import { build } from 'esbuild'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { sharedKey } from '../../functions/domain/proof/shared-key.ts'
import { providers } from '../../functions/providers/index.ts'
import { aliasesOf, BUNDLING, type Entry, externalOf, ROOT } from '../../lib/bundling.ts'
import { readConfiguration } from '../../lib/configuration.ts'
import { LedgerStack } from '../../lib/ledger-stack.ts'
import { context } from './template.ts'

/** Kilobytes at most. */
const BUDGETS = [
  // With the mappings of the whole catalogue: two KB for each provider beside the rest.
  ['worker', 260 + 2 * providers.length],
  // With zod, for what senders say, the client of the secret that names recipients, and its own description.
  ['query', 316],
  // With the clients of that secret, of the queue, of the topics and of an event bus.
  ['follower', 305],
  ['publisher', 262],
  ['sweeper', 193],
  ['sender', 262],
  // With the client of Lambda, and what its calls that stream events need.
  ['keeper', 380],
] as const

const folders: string[] = []
let bundles: Record<(typeof BUDGETS)[number][0], string>
let receivers: Map<string, string>

/** Synthesizes with real bundles into a folder of its own. */
function synthesize() {
  const outdir = mkdtempSync(join(tmpdir(), 'delivery-ledger-synth-'))
  folders.push(outdir)
  const app = new App({ outdir, context })
  const configuration = readConfiguration('prod', { prod: { providers: ['octopush', 'telesign'] } })
  new LedgerStack(app, 'delivery-ledger-prod', { configuration })
  app.synth()
  const assets = readdirSync(outdir)
    .filter((name) => name.startsWith('asset.'))
    .sort()
  const template = readFileSync(join(outdir, 'delivery-ledger-prod.template.json'), 'utf8')
  return { assets, template, codes: assets.map((asset) => readFileSync(join(outdir, asset, 'index.js'), 'utf8')) }
}

/** A function as it is bundled. */
async function bundle(entry: Entry, provider?: string): Promise<string> {
  const { outputFiles } = await build({
    ...BUNDLING,
    bundle: true,
    platform: 'node',
    logLevel: 'error',
    alias: aliasesOf(provider),
    external: externalOf(entry),
    entryPoints: [join(ROOT, 'functions', entry, 'handler.ts')],
    write: false,
  })
  return outputFiles[0]?.text ?? ''
}

beforeAll(async () => {
  const measured = BUDGETS.map(async ([name]) => [name, await bundle(name)] as const)
  bundles = Object.fromEntries(await Promise.all(measured)) as typeof bundles
  const all = providers.map(async ({ id }): Promise<[string, string]> => [id, await bundle('receiver', id)])
  receivers = new Map(await Promise.all(all))
}, 180_000)

afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true })
})

test("a receiver holds its own provider's proof, and no other's", () => {
  const holding = (word: string) => [...receivers].filter(([, code]) => code.includes(word)).map(([id]) => id)
  expect(holding('The request is not authentic.')).toEqual(providers.map(({ id }) => id))
  expect(holding('x-twilio-signature')).toEqual(['twilio'])
  expect(holding('x-ts-authorization')).toEqual(['telesign'])
})

test.each(providers.map(({ id, proof, handshake }) => [id, proof === sharedKey && !handshake ? 201 : 206] as const))(
  'the receiver of %s is no larger than %i KB',
  (id, kilobytes) => {
    expect((receivers.get(id) ?? '').length / 1024).toBeLessThanOrEqual(kilobytes)
  },
)

test.each(BUDGETS)('the %s is no larger than %i KB', (name, kilobytes) => {
  expect(bundles[name].length / 1024).toBeLessThanOrEqual(kilobytes)
  expect(bundles[name].length).toBeGreaterThan(10_000)
})

test('no bundle needs, when it is loaded, what is left out of it', () => {
  for (const code of [...Object.values(bundles), ...receivers.values()])
    expect(code).not.toMatch(/require\("@smithy\/core\/event-streams"\)/)
})

test('what looks for credentials elsewhere than in the environment is in no bundle', () => {
  for (const code of [...Object.values(bundles), ...receivers.values()])
    for (const word of ['sso_start_url', 'credential_process']) expect(code).not.toContain(word)
})

test('payload schemas are in the worker alone, and zod is in the query function besides', () => {
  for (const word of ['expected a delivery', 'invalid_union']) {
    expect(bundles.worker).toContain(word)
    for (const code of [...receivers.values(), bundles.follower, bundles.sweeper]) expect(code).not.toContain(word)
  }
  expect(bundles.query).not.toContain('expected a delivery')
})

test('two synths of the same tree give the same assets and the same template', () => {
  const [one, other] = [synthesize(), synthesize()]
  expect(other.assets).toEqual(one.assets)
  expect(other.template).toBe(one.template)
  expect(one.codes.filter((code) => code.includes('The request is not authentic.'))).toHaveLength(2)
}, 180_000)
