import { execFileSync } from 'node:child_process'
import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { build } from 'esbuild'
import { run, script } from './script.ts'

const { out } = script(
  'client:pack',
  'Builds client/ and packs it for npm: JavaScript for Node 18 or newer, and its types.',
)
  .option('--out <folder>', 'where the package goes', 'client')
  .parse()
  .opts<{ out: string }>()

await run(async () => {
  const staging = mkdtempSync(join(tmpdir(), 'delivery-ledger-client-'))
  try {
    for (const file of ['client/package.json', 'client/README.md', 'LICENSE'])
      copyFileSync(file, join(staging, file.replace('client/', '')))
    await build({
      entryPoints: ['client/index.ts'],
      outfile: join(staging, 'dist', 'index.js'),
      bundle: true,
      platform: 'node',
      format: 'esm',
      target: 'node18',
    })
    const types = ['-p', 'client', '--outDir', join(staging, 'dist', 'types')]
    execFileSync(process.execPath, ['node_modules/typescript/bin/tsc', ...types], { stdio: 'inherit' })
    mkdirSync(out, { recursive: true })
    // npm is a script on Windows.
    const options = { cwd: staging, stdio: 'inherit', shell: process.platform === 'win32' } as const
    execFileSync('npm', ['pack', '--silent', '--pack-destination', resolve(out)], options)
  } finally {
    rmSync(staging, { recursive: true, force: true })
  }
})
