import { readFileSync } from 'node:fs'
import { Argument, Command, InvalidArgumentError, Option } from 'commander'
import { providers } from '../functions/providers/index.ts'
import { listLetters, redriveLetters, showLetter } from './dead-letters.ts'
import { createOutput } from './output.ts'
import { dropItems, listItems, replayItems, showItem } from './quarantine.ts'
import { rotateKey } from './rotate.ts'
import { readMoment, type Selection } from './selection.ts'
import { sendCallback } from './send.ts'
import { showMessage } from './show.ts'
import { openDeployed, openLocal, type Target } from './target.ts'

const ids = providers.map(({ id }) => id)

/** Options of every command. */
interface Common {
  stack?: string
  profile?: string
  region?: string
  url: string
  json?: boolean
  dryRun?: boolean
}

/** The operators' command line. `exit` is told the code of what went wrong. */
export function createProgram(exit: (code: number) => void): Command {
  const program = new Command('ledger')
    .description('Looks into a delivery-ledger and mends it: the local stack, or a deployed one by its name.')
    .option('--stack <name>', 'a deployed stack, such as delivery-ledger-prod', process.env.LEDGER_STACK)
    .option('--profile <name>', 'a profile of the AWS CLI')
    .option('--region <name>', 'where the stack is, if not where the profile says')
    .option(
      '--url <url>',
      'the local stack, or another way to the API of a deployed one',
      `http://127.0.0.1:${process.env.PORT ?? 3000}`,
    )
    .option('--json', 'one JSON value a line on the standard output, all else on the standard error')
    .showHelpAfterError('(add --help for what there is)')
    .addHelpText('after', EXAMPLES)

  /** Runs a command on the stack that the options name; false, or an error, makes the process fail. */
  const run = async (
    command: Command,
    act: (target: Target, output: ReturnType<typeof createOutput>) => Promise<unknown>,
  ) => {
    const options = command.optsWithGlobals<Common>()
    try {
      const isUrlGiven = program.getOptionValueSource('url') === 'cli'
      // A URL that is given means the local stack, unless a deployed one is given, too: not just by the environment.
      const isLocal = options.stack === undefined || (isUrlGiven && program.getOptionValueSource('stack') !== 'cli')
      const target = isLocal
        ? await openLocal(options.url)
        : await openDeployed({ ...options, stack: options.stack as string })
      if (isUrlGiven) target.url = options.url
      if ((await act(target, createOutput(options))) === false) exit(1)
    } catch (error) {
      process.stderr.write(`${(error as Error).message}\n`)
      exit(1)
    }
  }

  program
    .command('show')
    .description('the history of a message')
    .addArgument(provider())
    .argument('<id>', "the provider's id of the message")
    .option('--recipient <recipient>', 'of one recipient only')
    .action((provider, messageId, { recipient }, command) =>
      run(command, (target, output) => showMessage(target, output, { provider, messageId, recipient })),
    )

  const quarantine = program.command('quarantine').description('callbacks that could not be read')
  filtered(quarantine.command('list'), true)
    .description('newest first')
    .option('--limit <count>', 'how many at most', readCount, 50)
    .action((options, command) => run(command, (target, output) => listItems(target, output, options, options.limit)))
  quarantine
    .command('show')
    .description('one of them, with its reason and its raw body')
    .argument('<id>')
    .action((id, _, command) => run(command, (target, output) => showItem(target, output, id)))
  changing(quarantine.command('replay'), true)
    .description('through the worker again; what it can read now leaves the quarantine')
    .action((ids, options, command) =>
      run(command, (target, output) => replayItems(target, output, chosen(ids, options), options)),
    )
  changing(quarantine.command('drop'), true)
    .description('delete for good')
    .action((ids, options, command) =>
      run(command, (target, output) => dropItems(target, output, chosen(ids, options), options)),
    )

  const letters = program.command('dead-letters').description('messages that the worker could not bring to an end')
  filtered(letters.command('list'), false)
    .description('all of them; takes them out of the queue for a moment')
    .action((options, command) => run(command, (target, output) => listLetters(target, output, options)))
  letters
    .command('show')
    .description('one of them, as it lies in the queue')
    .argument('<id>')
    .action((id, _, command) => run(command, (target, output) => showLetter(target, output, id)))
  changing(letters.command('redrive'), false)
    .description('back to the queue of the worker')
    .action((ids, options, command) =>
      run(command, (target, output) => redriveLetters(target, output, chosen(ids, options), options)),
    )

  program
    .command('send')
    .description('sends a file as a callback, with the key or the signature that its provider would use')
    .addArgument(provider())
    .argument('<file>', 'the body')
    .option('--id <id>', 'the message, where it stands in the URL; any without')
    .option('--dry-run', 'only tell what would be sent')
    .action((id, file, options, command) =>
      run(command, (target, output) => sendCallback(target, output, known(id), file, options.id)),
    )

  program
    .command('rotate')
    .description('a new key beside the one in use; with --finish, the new one alone')
    .addArgument(provider())
    .option('--finish', 'remove the previous key', false)
    .option('--key-file <file>', "the new key, where it is the provider's to make; - is the standard input")
    .option('--dry-run', 'only tell what would be done')
    .action((id, { finish, keyFile }, command) =>
      run(command, (target, output) => {
        const key = keyFile && readFileSync(keyFile === '-' ? 0 : keyFile, 'utf8').trim()
        return rotateKey(target, output, known(id), { finish, key })
      }),
    )

  return program
}

const provider = () => new Argument('<provider>').choices(ids)

const known = (id: string) => providers.find((provider) => provider.id === id) as (typeof providers)[number]

function filtered(command: Command, hasReason: boolean): Command {
  command
    .addOption(new Option('--provider <provider>', 'of one provider').choices(ids))
    .option('--since <time>', 'not older than: 30m, 2h, 3d, or RFC 3339', readMoment)
    .option('--until <time>', 'not newer than', readMoment)
  return hasReason ? command.option('--reason <text>', 'with this in the reason') : command
}

const changing = (command: Command, hasReason: boolean): Command =>
  filtered(command, hasReason)
    .argument('[ids...]', 'which; without, those that the options choose')
    .option('--all', 'all of them')
    .option('--dry-run', 'only tell which')

/** @throws Error where nothing says which items are meant (all of them is to be said), or two things do. */
function chosen(ids: string[], { provider, reason, since, until, all }: Selection & { all?: boolean }): string[] {
  const isChosen = [provider, reason, since, until, all].some((choice) => choice !== undefined)
  if (ids.length > 0 && isChosen) throw new Error('give either ids or what chooses them')
  if (ids.length === 0 && !isChosen) throw new Error('say which: ids, --provider, --reason, --since, --until or --all')
  return ids
}

function readCount(text: string): number {
  const count = Number(text)
  if (!Number.isInteger(count) || count < 1) throw new InvalidArgumentError('expected a whole number from 1')
  return count
}

const EXAMPLES = `
Examples:
  ledger show octopush sms_1                                   what became of a message, on the local stack
  ledger --stack delivery-ledger-prod --profile ops show octopush sms_1
  ledger quarantine list --provider telesign --since 2h
  ledger quarantine replay --reason "number: expected text" --dry-run
  ledger dead-letters redrive --all
  ledger send nifteem callback.json                            as nifteem would send it
  ledger rotate octopush                                       and, when the provider uses the new key:
  ledger rotate octopush --finish`
