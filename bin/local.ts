import { Option } from 'commander'
import { startStack } from '../local/stack.ts'
import { consoleTelemetry } from '../local/terminal.ts'
import { webhookIn } from '../local/webhooks.ts'
import { exampleLines, welcome } from '../local/welcome.ts'
import { fail, script, wholeNumber } from './script.ts'

const { port, dataDir, publicUrl, accounts, demo, examples } = script(
  'start',
  'Runs the whole system on this machine until Ctrl-C.',
)
  .addOption(
    new Option('--port <number>', 'where it listens; 0 takes any free port')
      .env('PORT')
      .default(3000)
      .argParser(wholeNumber(0, 65_535)),
  )
  .addOption(new Option('--data-dir <folder>', 'where it keeps its state; by default in memory').env('LEDGER_DATA_DIR'))
  .addOption(new Option('--public-url <url>', 'what providers call, behind a tunnel or a proxy').env('PUBLIC_URL'))
  .addOption(
    new Option('--accounts <names>', 'accounts with routes of their own, such as twilio/eu,twilio/us').env('ACCOUNTS'),
  )
  .option('--demo', 'fills the console with example messages of the last hour')
  .option('--examples', 'prints the whole command that sends a callback, for each provider')
  .addHelpText(
    'after',
    '\nDYNAMODB_ENDPOINT and SQS_ENDPOINT name emulators that run already, such as http://127.0.0.1:8000.\nWEBHOOK_URL and WEBHOOK_SECRET (whsec_…) name a consumer that is sent events: npm run example:webhook starts one.',
  )
  .parse()
  .opts<{ port: number; dataDir?: string; publicUrl?: string; accounts?: string; demo?: true; examples?: true }>()

/** While examples are filled in, their lines would hide the rest. */
let isQuiet = demo === true

const starting = startStack({
  port,
  webhook: webhookOfEnvironment(),
  telemetry: consoleTelemetry((line) => isQuiet || console.log(line)),
  audit: ({ action, ids }) => console.log(`${'audit'.padEnd(12)}${action}  ${[ids ?? []].flat().join(' ')}`.trimEnd()),
  dataFolder: dataDir || undefined,
  accounts: accounts?.split(',').filter(Boolean) ?? [],
  publicUrl: publicUrl?.replace(/\/+$/, '') || undefined,
})
let isStopping = false

async function stop(why: string, exitCode: number): Promise<void> {
  if (isStopping) return
  isStopping = true
  console.log(`${why}: emptying the queue …`)
  const left = await (await starting).stop()
  console.log(left === 0 ? 'nothing is left in the queue' : `${left} messages are left in the queue`)
  process.exit(exitCode)
}

// Before the start is over: a signal during the start must not leave an emulator behind.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stop(signal, 0))

const stack = await starting.catch((error: NodeJS.ErrnoException) => fail(explained(error), 'cannot start: '))
if (!isStopping) console.log(welcome(stack))
if (examples && !isStopping) console.log(await exampleLines(stack))
if (demo) {
  const { fill, messageLines } = await import('../local/fill.ts')
  const messages = await fill(stack)
  if (!isStopping) console.log(messageLines(stack.url, messages))
  isQuiet = false
}
stack.broken.then((part) => stop(`the ${part} has ended`, 1))

function explained(error: NodeJS.ErrnoException): Error {
  const instead = `use PORT=${port < 65_535 ? port + 1 : 3000} npm start, or PORT=0 for any free one`
  const running =
    demo || examples
      ? `stop what runs there${examples ? `, or open http://127.0.0.1:${port}/local/examples if it is a local stack` : ''}; or `
      : ''
  if (error.code === 'EADDRINUSE') return new Error(`port ${port} is taken: ${running}${instead}`)
  if (error.code === 'EACCES') return new Error(`port ${port} is not for this user: use PORT=3000 npm start`)
  return error
}

function webhookOfEnvironment() {
  try {
    return webhookIn(process.env)
  } catch (error) {
    return fail(error as Error, 'cannot start: ')
  }
}
