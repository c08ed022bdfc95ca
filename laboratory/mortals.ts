import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

/** A process of the system under test, which the laboratory may kill. */
export interface Mortal {
  /** By which its calls to AWS are known. */
  name: string
  child: ChildProcess
  /** Its output when it was ready. */
  greeting: { url?: string }
}

/** Starts processes, keeps what they print, and sees that none is left. */
export class Mortals {
  private readonly alive = new Map<string, ChildProcess>()
  private serial = 0
  private readonly root: string
  private readonly env: Record<string, string>
  /** All lines that they have printed. */
  readonly printed: string[] = []

  constructor(root: string, env: Record<string, string>) {
    this.root = root
    this.env = env
  }

  /** Starts `laboratory/<entry>.ts` of the sources under test; resolves when it is ready. */
  async start(
    entry: 'receivers-process' | 'worker-process' | 'follower-process' | 'publisher-process',
    env: Record<string, string> = {},
  ): Promise<Mortal> {
    const name = `${entry}-${++this.serial}`
    const child = fork(join(this.root, 'laboratory', `${entry}.ts`), {
      env: { ...this.env, ...env, AWS_SDK_UA_APP_ID: name },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    })
    this.alive.set(name, child)
    child.once('exit', () => this.alive.delete(name))
    for (const input of [child.stdout, child.stderr])
      if (input) createInterface({ input }).on('line', (line) => this.printed.push(line))
    const ended = once(child, 'exit').then(() => undefined)
    const greeting = await Promise.race([once(child, 'message').then(([message]) => message), ended])
    if (greeting === undefined) throw new Error(`${entry} does not start: ${this.printed.join('\n').slice(-2000)}`)
    return { name, child, greeting }
  }

  /** Kills a process at once, as the kernel kills what has run out of memory. */
  kill(name: string): boolean {
    return this.alive.get(name)?.kill('SIGKILL') ?? false
  }

  stop(): void {
    for (const child of this.alive.values()) child.kill('SIGKILL')
  }
}

/** Whether a process has neither ended nor been killed. */
export const isAlive = ({ child }: Mortal): boolean => child.exitCode === null && child.signalCode === null

/** What a process answers to a message, or that it has died. */
export async function replyOf<T>({ child }: Mortal, message: object): Promise<T | { error: string }> {
  const settled = new AbortController()
  const { signal } = settled
  const replied = once(child, 'message', { signal }).then(([reply]) => reply as T)
  const died = once(child, 'exit', { signal }).then(() => ({ error: 'the process is dead' }))
  child.send(message, () => {})
  try {
    return await Promise.race([replied, died])
  } finally {
    settled.abort()
    await Promise.allSettled([replied, died])
  }
}
