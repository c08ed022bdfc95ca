import { accessSync, constants, existsSync, mkdirSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { DatabaseSync } from 'node:sqlite'

/** A folder in which only this process keeps state. */
export interface DataFolder {
  /** Releases the lock; the end of the process does so, too. */
  release(): void
}

/** https://www.sqlite.org/rescode.html#busy */
const SQLITE_BUSY = 5

/**
 * Creates the folder where it is missing, and locks it. The lock is that of a database, which the system releases when the process ends in any way.
 *
 * @throws Error that names `LEDGER_DATA_DIR`, where the folder cannot be written or another process has it.
 */
export function openDataFolder(folder: string): DataFolder {
  try {
    create(resolve(folder))
    accessSync(folder, constants.W_OK | constants.X_OK)
    const database = new DatabaseSync(join(folder, 'lock'))
    database.exec('BEGIN EXCLUSIVE')
    return { release: () => database.close() }
  } catch (cause) {
    const { code, errcode, message } = cause as NodeJS.ErrnoException & { errcode?: number }
    throw new Error(
      errcode === SQLITE_BUSY
        ? `LEDGER_DATA_DIR: another stack uses ${folder}: stop it, or name another folder (--data-dir)`
        : `LEDGER_DATA_DIR: ${folder} is no folder that can be written (${errcode === undefined ? code : message}): name another, or fix its permissions`,
      { cause },
    )
  }
}

/** Folder by folder: Node's own recursive mkdir never returns where a file system such as /proc refuses new folders. */
function create(folder: string): void {
  if (existsSync(folder)) return
  create(dirname(folder))
  mkdirSync(folder)
}
