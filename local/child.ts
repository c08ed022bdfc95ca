import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'

const LEASH = ['setpriv', '--pdeathsig', 'KILL', '--']
const PATIENCE = 2_000

/**
 * Starts a program that ends when this process does: on exit, and even after `kill -9`, where util-linux is
 * installed. Resolves once a line of its output contains `ready`; rejects where it ends before that.
 */
export async function startChild(
  program: string,
  args: string[],
  ready: string,
  env: NodeJS.ProcessEnv = process.env,
): Promise<ChildProcess> {
  const [command = program, ...rest] = [...(hasLeash() ? LEASH : []), program, ...args]
  const child = spawn(command, rest, { stdio: ['ignore', 'pipe', 'pipe'], env })
  const kill = () => child.kill('SIGKILL')
  process.once('exit', kill)
  child.once('exit', () => process.off('exit', kill))
  await new Promise<void>((resolve, reject) => {
    const lines: string[] = []
    child.once('error', reject)
    child.once('exit', (code) => reject(new Error(`${program} ended with ${code}: ${lines.join('\n')}`)))
    for (const input of [child.stdout, child.stderr]) {
      createInterface({ input }).on('line', (line) => (line.includes(ready) ? resolve() : lines.push(line)))
    }
  })
  return child
}

/** Ends a child. */
export async function endChild(child: ChildProcess): Promise<void> {
  if (hasEnded(child)) return
  const ended = once(child, 'exit')
  child.kill('SIGTERM')
  const insisting = setTimeout(() => child.kill('SIGKILL'), PATIENCE)
  await ended
  clearTimeout(insisting)
}

/** True where a child has ended. */
const hasEnded = ({ exitCode, signalCode }: ChildProcess): boolean => exitCode !== null || signalCode !== null

const hasLeash = (): boolean => {
  const [command = '', ...args] = LEASH
  return spawnSync(command, [...args, 'true']).status === 0
}
