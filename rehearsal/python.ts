import { spawnSync } from 'node:child_process'
import { existsSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const MINIMUM = [3, 10] as const
const NEEDED = `Python ${MINIMUM.join('.')} or newer with venv, and PyPI`

/**
 * The folder of the programs of a Python package, installed at its pinned version into a virtual environment of its own
 * inside the project's ignored folder.
 *
 * @throws Error that says so where there is no Python that is new enough, or the package cannot be installed.
 */
export function ensurePythonPackage(name: string, version: string): string {
  const folder = fileURLToPath(new URL(`../.venv/${name}-${version}`, import.meta.url))
  const programs = join(folder, process.platform === 'win32' ? 'Scripts' : 'bin')
  if (existsSync(join(programs, name))) return programs
  const install = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', `${name}==${version}`]
  console.error(`installing ${name} ${version} from PyPI …`)
  for (const [program, args] of [
    [findPython(), ['-m', 'venv', folder]],
    [join(programs, 'python'), install],
  ] as const) {
    const { status, stderr, error } = spawnSync(program, args, { encoding: 'utf8' })
    if (status === 0) continue
    rmSync(folder, { recursive: true, force: true })
    throw new Error(
      `this needs ${NEEDED}: ${[program, ...args].join(' ')} failed: ${lastLine(stderr) ?? error?.message}`,
    )
  }
  return programs
}

function findPython(): string {
  const isNewEnough = (command: string) =>
    spawnSync(command, ['-c', `import sys, venv, ensurepip; sys.exit(sys.version_info < (${MINIMUM.join(', ')}))`])
      .status === 0
  const found = ['python3', 'python'].find(isNewEnough)
  if (found === undefined) throw new Error(`this needs ${NEEDED}: there is no such Python on the PATH`)
  return found
}

const lastLine = (text?: string) => text?.trim().split('\n').at(-1)
