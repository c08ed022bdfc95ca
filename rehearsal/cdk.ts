import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { ROOT } from '../local/sources.ts'
import type { CloudEmulator } from './emulator.ts'
import { STAGE } from './stage.ts'

/** What is deployed. */
export const SOURCES = [
  'bin',
  'lib',
  'functions',
  'docs/openapi.json',
  'rehearsal',
  'cdk.json',
  'package.json',
  'package-lock.json',
  'tsconfig.json',
]

/** `cdk bootstrap`, as it is run once in an account. */
export const bootstrap = (folder: string, emulator: CloudEmulator): Promise<void> =>
  cdk(folder, emulator, ['bootstrap', `aws://${emulator.account}/${emulator.region}`, '--context', `stage=${STAGE}`])

/** `cdk deploy` of the sources in a folder. */
export const deploy = (folder: string, emulator: CloudEmulator): Promise<void> =>
  // Change sets get stuck in the emulator.
  cdk(folder, emulator, ['deploy', '--context', `stage=${STAGE}`, '--require-approval', 'never', '--method=direct'])

/** @throws Error with all that the CDK printed where it failed. */
async function cdk(folder: string, { env }: CloudEmulator, args: string[]): Promise<void> {
  const program = join(ROOT, 'node_modules', 'aws-cdk', 'bin', 'cdk')
  const child = spawn(process.execPath, [program, ...args, '--no-notices'], { cwd: folder, env })
  const printed: Buffer[] = []
  child.stdout.on('data', (chunk) => printed.push(chunk))
  child.stderr.on('data', (chunk) => printed.push(chunk))
  const [code] = await once(child, 'close')
  if (code !== 0) throw new Error(`cdk ${args[0]} ended with ${code}:\n${Buffer.concat(printed)}`)
}
