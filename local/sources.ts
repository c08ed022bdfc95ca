import { cpSync, symlinkSync } from 'node:fs'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The folder of this project. */
export const ROOT = fileURLToPath(new URL('..', import.meta.url))

/** Copies files and folders of this project into another folder, where they may be changed and run. */
export function copySources(folder: string, sources: readonly string[]): void {
  for (const source of sources) {
    const filter = (path: string) => basename(path) !== 'fixtures'
    cpSync(join(ROOT, source), join(folder, source), { recursive: true, filter })
  }
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'), 'junction')
}
