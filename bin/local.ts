import { startStack } from '../local/stack.ts'
import { consoleTelemetry } from '../local/terminal.ts'
import { welcome } from '../local/welcome.ts'

const { PORT = '3000', LEDGER_DATA_DIR } = process.env

if (!/^\d{1,5}$/.test(PORT)) {
  console.error(`cannot start: expected PORT to be a number, not ${PORT}`)
  process.exit(1)
}

const starting = startStack({
  port: Number(PORT),
  telemetry: consoleTelemetry(console.log),
  audit: ({ action, ids }) => console.log(`${'audit'.padEnd(12)}${action}  ${[ids ?? []].flat().join(' ')}`.trimEnd()),
  dataFolder: LEDGER_DATA_DIR || undefined,
})
let isStopping = false

async function stop(why: string, exitCode: number): Promise<void> {
  if (isStopping) return
  isStopping = true
  console.log(`${why}: working off the queue …`)
  const left = await (await starting).stop()
  console.log(left === 0 ? 'nothing is left in the queue' : `${left} messages stay in the queue`)
  process.exit(exitCode)
}

// Before the start is over: a signal that comes meanwhile must not leave an emulator behind.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stop(signal, 0))

const stack = await starting.catch((error: Error) => {
  console.error(`cannot start: ${error.message}`)
  process.exit(1)
})
if (!isStopping) console.log(welcome(stack.url))
stack.broken.then((part) => stop(`the ${part} has ended`, 1))
