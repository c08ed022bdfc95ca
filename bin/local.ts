import { startStack } from '../local/stack.ts'
import { consoleTelemetry } from '../local/terminal.ts'
import { welcome } from '../local/welcome.ts'

const { PORT = '3000', LEDGER_DATA_DIR, npm_lifecycle_event } = process.env

if (!/^\d{1,5}$/.test(PORT)) {
  console.error(`cannot start: expected PORT to be a number, not ${PORT}`)
  process.exit(1)
}

const stack = await startStack({
  port: Number(PORT),
  telemetry: consoleTelemetry(console.log),
  audit: ({ action, ids }) => console.log(`${'audit'.padEnd(12)}${action}  ${[ids ?? []].flat().join(' ')}`.trimEnd()),
  dataFolder: LEDGER_DATA_DIR || undefined,
}).catch((error: Error) => {
  console.error(`cannot start: ${error.message}`)
  process.exit(1)
})
console.log(welcome(stack.url))

let isStopping = false

async function stop(why: string, exitCode: number): Promise<void> {
  if (isStopping) return
  isStopping = true
  console.log(`${why}: working off the queue …`)
  const left = await stack.stop()
  console.log(left === 0 ? 'nothing is left in the queue' : `${left} messages stay in the queue`)
  process.exit(exitCode)
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => stop(signal, 0))
if (npm_lifecycle_event !== undefined) {
  // npm and its shell end at a signal without passing it on.
  const parent = process.ppid
  setInterval(() => process.ppid !== parent && stop('npm has ended', 0), 200).unref()
}
stack.broken.then((part) => stop(`the ${part} has ended`, 1))
