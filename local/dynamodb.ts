import { once } from 'node:events'
import { accessSync, constants } from 'node:fs'
import { createRequire } from 'node:module'
import { delimiter, dirname, join } from 'node:path'
import { endChild, startChild } from './child.ts'
import { type Emulator, namedEmulator } from './emulator.ts'
import { freePort } from './port.ts'

const ATTEMPTS = 5
const PROGRAM = process.platform === 'win32' ? 'dynoxide.exe' : 'dynoxide'

/** The DynamoDB emulator (dynoxide), in memory unless there is a folder; `DYNAMODB_ENDPOINT` names another in its place. */
export async function startDynamoDb(folder?: string): Promise<Emulator> {
  const named = await namedEmulator('DYNAMODB_ENDPOINT')
  if (named !== undefined) return named
  const program = findDynoxide()
  const storage = folder === undefined ? [] : ['--db-path', join(folder, 'dynamodb.sqlite')]
  for (let attempt = 1; ; attempt++) {
    // It cannot choose a free port itself, so another process may take the free one first.
    const port = await freePort()
    try {
      const child = await startChild(
        program,
        ['--host', '127.0.0.1', '--port', String(port), ...storage],
        'listening on',
      )
      return {
        endpoint: `http://127.0.0.1:${port}`,
        pid: child.pid,
        isShared: false,
        ended: once(child, 'exit'),
        stop: () => endChild(child),
      }
    } catch (error) {
      if (attempt === ATTEMPTS) throw error
    }
  }
}

/**
 * The dynoxide binary: of the optional package for this platform, else the one on the PATH.
 *
 * @throws Error that says what to install where there is neither.
 */
export function findDynoxide(path = process.env.PATH ?? '', platform = `${process.platform}-${process.arch}`): string {
  const name = `@dynoxide/${platform}`
  const folders = path.split(delimiter).filter(Boolean)
  try {
    folders.unshift(dirname(createRequire(import.meta.url).resolve(`${name}/package.json`)))
  } catch {
    // The registry in use may not have it, and npm then leaves it out.
  }
  const found = folders.map((folder) => join(folder, PROGRAM)).find(isExecutable)
  if (found !== undefined) return found
  throw new Error(
    `there is no DynamoDB emulator: install ${name} with npm, or dynoxide (brew install nubo-db/tap/dynoxide), or set DYNAMODB_ENDPOINT to one that runs (docker run -p 8000:8000 amazon/dynamodb-local)`,
  )
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK)
    return true
  } catch {
    return false
  }
}
