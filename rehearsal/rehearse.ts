import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { copySources } from '../local/sources.ts'
import { bootstrap, deploy, SOURCES } from './cdk.ts'
import { openDeployment } from './deployment.ts'
import { DIFFERENCES } from './differences.ts'
import { startCloudEmulator } from './emulator.ts'
import { agreeOnKeys } from './provider-traffic.ts'
import { startReceiver } from './receiver.ts'
import { STAGE } from './stage.ts'
import { STEPS } from './steps.ts'

/**
 * Deploys the real stack to an emulator of AWS, sends it real callbacks, reads, breaks, updates and replays, and takes it
 * down; prints a line for each step.
 *
 * @throws Error of the first step that does not do what it should.
 */
export async function rehearse(print: (line: string) => void): Promise<void> {
  async function show<T>(title: string, act: () => Promise<T>): Promise<T> {
    const start = performance.now()
    const result = await act()
    const seconds = ((performance.now() - start) / 1000).toFixed(1).padStart(5)
    print(`${title.padEnd(34)}${seconds} s  ${typeof result === 'string' ? result : ''}`.trimEnd())
    return result
  }

  const folder = mkdtempSync(join(tmpdir(), 'delivery-ledger-rehearsal-'))
  const receiver = await startReceiver()
  const emulator = await show('an emulator of AWS starts', startCloudEmulator)
  try {
    copySources(folder, SOURCES)
    for (const { prepare } of DIFFERENCES) prepare?.(folder, receiver)
    await show('cdk bootstrap', () => bootstrap(folder, emulator))
    await show('cdk deploy', () => deploy(folder, emulator))
    const deployment = await openDeployment(`delivery-ledger-${STAGE}`, emulator)
    for (const { correct } of DIFFERENCES) await correct?.(deployment)
    const scene = { emulator, folder, deployment, receiver, keys: await agreeOnKeys(deployment) }
    for (const [title, step] of Object.entries(STEPS)) await show(title, () => step(scene))
  } finally {
    await emulator.stop()
    receiver.stop()
    rmSync(folder, { recursive: true, force: true })
  }
  print('\nUnlike AWS, and how it was met (rehearsal/differences.ts):')
  for (const { of, reason } of DIFFERENCES) print(`- ${of}: ${reason}`)
}
