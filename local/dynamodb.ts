import { once } from 'node:events'
import { mkdir } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { endChild, startChild } from './child.ts'
import { freePort } from './port.ts'

/** A part of the local stack that runs on its own. */
export interface Emulator {
  endpoint: string
  /** Resolves when it has ended, asked for or not. */
  ended: Promise<unknown>
  stop(): Promise<void>
}

const ATTEMPTS = 5

/** The DynamoDB emulator (dynoxide), in memory unless there is a folder; `DYNAMODB_ENDPOINT` names another in its place. */
export async function startDynamoDb(folder?: string): Promise<Emulator> {
  const endpoint = process.env.DYNAMODB_ENDPOINT
  if (endpoint) return { endpoint, ended: new Promise(() => {}), stop: async () => {} }
  if (folder !== undefined) await mkdir(folder, { recursive: true })
  const storage = folder === undefined ? [] : ['--db-path', join(folder, 'dynamodb.sqlite')]
  for (let attempt = 1; ; attempt++) {
    // It takes no port of its own choice, so somebody may be faster with the free one.
    const port = await freePort()
    try {
      const child = await startChild(
        binary(),
        ['--host', '127.0.0.1', '--port', String(port), ...storage],
        'listening on',
      )
      return { endpoint: `http://127.0.0.1:${port}`, ended: once(child, 'exit'), stop: () => endChild(child) }
    } catch (error) {
      if (attempt === ATTEMPTS) throw error
    }
  }
}

/** The registry that this project is built from has the binary for this one platform. */
function binary(): string {
  const name = `@dynoxide/${process.platform}-${process.arch}`
  try {
    return createRequire(import.meta.url).resolve(`${name}/dynoxide`)
  } catch (cause) {
    throw new Error(`${name} is not installed: start a DynamoDB emulator and set DYNAMODB_ENDPOINT`, { cause })
  }
}
