import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const MINIMUM = [3, 10] as const

/**
 * The folder of the programs of a Python package, installed at its pinned version into a virtual environment of its own
 * inside the project's ignored folder.
 *
 * @throws Error that says so where there is no Python that is new enough.
 */
export function ensurePythonPackage(name: string, version: string): string {
  const folder = fileURLToPath(new URL(`../.venv/${name}-${version}`, import.meta.url))
  const programs = join(folder, process.platform === 'win32' ? 'Scripts' : 'bin')
  if (!existsSync(join(programs, name))) {
    execFileSync(findPython(), ['-m', 'venv', folder], { stdio: 'inherit' })
    execFileSync(
      join(programs, 'python'),
      ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', `${name}==${version}`],
      {
        stdio: 'inherit',
      },
    )
  }
  return programs
}

function findPython(): string {
  const isNewEnough = (command: string) =>
    spawnSync(command, ['-c', `import sys, venv, ensurepip; sys.exit(sys.version_info < (${MINIMUM.join(', ')}))`])
      .status === 0
  const found = ['python3', 'python'].find(isNewEnough)
  if (found === undefined)
    throw new Error(`this needs Python ${MINIMUM.join('.')} or newer with venv; there is none on the PATH`)
  return found
}
