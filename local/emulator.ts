import { once } from 'node:events'
import { connect } from 'node:net'

/** A part of the local stack that runs on its own. */
export interface Emulator {
  endpoint: string
  /** The id of its process, where it is a process of its own that this one has started. */
  pid?: number | undefined
  /** True where others may use it as well. */
  isShared: boolean
  /** Resolves when it has ended, for whatever reason. */
  ended: Promise<unknown>
  stop(): Promise<void>
}

/** Milliseconds. */
const PATIENCE = 5_000

/**
 * The emulator that an environment variable names; undefined where it names none.
 *
 * @throws Error that names the variable, where it holds no HTTP URL or nothing answers there.
 */
export async function namedEmulator(variable: string): Promise<Emulator | undefined> {
  const endpoint = process.env[variable]
  if (!endpoint) return undefined
  const url = URL.parse(endpoint)
  if (url === null || !/^https?:$/.test(url.protocol))
    throw new Error(`${variable}: expected a URL such as http://127.0.0.1:8000, not ${endpoint}`)
  await reach(url).catch((cause) => {
    const reason = cause.code ?? cause.message
    throw new Error(`${variable}: nothing answers at ${endpoint} (${reason}): start the emulator first`, { cause })
  })
  return { endpoint, isShared: true, ended: new Promise(() => {}), stop: async () => {} }
}

async function reach({ protocol, hostname, port }: URL): Promise<void> {
  const socket = connect(Number(port) || (protocol === 'https:' ? 443 : 80), hostname.replace(/^\[|\]$/g, ''))
  try {
    await once(socket, 'connect', { signal: AbortSignal.timeout(PATIENCE) })
  } finally {
    socket.destroy()
  }
}
