import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { App } from 'aws-cdk-lib'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { providers } from '../../functions/providers/index.ts'
import { readConfiguration } from '../../lib/configuration.ts'
import { LedgerStack } from '../../lib/ledger-stack.ts'
import { context } from './template.ts'

const folders: string[] = []
let bundles: Record<'receiver' | 'worker' | 'query', string>

/** Synthesizes with real bundles into a folder of its own. */
function synthesize() {
  const outdir = mkdtempSync(join(tmpdir(), 'delivery-ledger-synth-'))
  folders.push(outdir)
  const app = new App({ outdir, context })
  new LedgerStack(app, 'delivery-ledger-prod', { configuration: readConfiguration('prod', { prod: {} }) })
  app.synth()
  const assets = readdirSync(outdir)
    .filter((name) => name.startsWith('asset.'))
    .sort()
  const template = readFileSync(join(outdir, 'delivery-ledger-prod.template.json'), 'utf8')
  return { assets, template, codes: assets.map((asset) => readFileSync(join(outdir, asset, 'index.js'), 'utf8')) }
}

beforeAll(() => {
  const { codes } = synthesize()
  const find = (word: string) => codes.find((code) => code.includes(word)) ?? ''
  bundles = {
    receiver: find('The request is not authentic.'),
    worker: find('INSERT INTO'),
    query: find('Nothing is kept of that message'),
  }
}, 60_000)

afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true })
})

test('one bundle serves all receivers, and each function has its own', () => {
  const sizes = Object.fromEntries(
    Object.entries(bundles).map(([name, code]) => [name, `${Math.round(code.length / 1024)} KB`]),
  )
  console.info('bundles:', sizes)
  expect(new Set(Object.values(bundles)).size).toBe(3)
  for (const code of Object.values(bundles)) expect(code.length).toBeGreaterThan(10_000)
})

test.each([
  ['receiver', 200],
  // Each provider after the first four brings its mapping.
  ['worker', 230 + 2 * (providers.length - 4)],
  ['query', 230],
] as const)('the %s is no larger than %i KB', (name, kilobytes) => {
  expect(bundles[name].length / 1024).toBeLessThanOrEqual(kilobytes)
})

test('what looks for credentials elsewhere than in the environment is in no bundle', () => {
  for (const code of Object.values(bundles))
    for (const word of ['sso_start_url', 'credential_process']) expect(code).not.toContain(word)
})

test('payload schemas and zod are in the worker alone', () => {
  for (const word of ['expected a delivery', 'invalid_union']) {
    expect(bundles.worker).toContain(word)
    expect(bundles.receiver).not.toContain(word)
    expect(bundles.query).not.toContain(word)
  }
})

test('two synths of the same tree give the same assets and the same template', () => {
  const [one, other] = [synthesize(), synthesize()]
  expect(other.assets).toEqual(one.assets)
  expect(other.template).toBe(one.template)
}, 60_000)
