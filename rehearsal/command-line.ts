import { execFile as execFileWithCallback } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { ROOT } from '../local/sources.ts'
import type { Scene } from './scene.ts'

const execFile = promisify(execFileWithCallback)

/** The operators' command line on the deployed stack; gives what it prints as JSON. */
export const commandLine =
  ({ deployment, emulator }: Scene) =>
  async (...args: string[]) => {
    const place = ['--stack', deployment.name, '--url', deployment.urlOf(''), '--json']
    const { stdout } = await execFile(process.execPath, [join(ROOT, 'bin', 'ledger.ts'), ...place, ...args], {
      env: emulator.env,
    })
    return stdout
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line))
  }
