import { createRequire } from 'node:module'
import { Argument, Command, InvalidArgumentError, Option } from 'commander'
import { type Provider, providerName, providerNamed } from '../functions/domain/provider.ts'
import type { Question } from '../functions/platform/lookups.ts'
import { providers } from '../functions/providers/index.ts'
import { listLetters, redriveLetters, showLetter } from './dead-letters.ts'
import { addEndpointCommands, type Run } from './endpoint-commands.ts'
import { endpointOutlet } from './endpoint-outlet.ts'
import { endpointOf } from './endpoints.ts'
import { expectMessage } from './expect.ts'
import { inOneLine } from './failure.ts'
import { FAILURES, find, findFailed, findOverdue } from './find.ts'
import { readInput } from './input.ts'
import { createOutput } from './output.ts'
import { project, projectParked } from './project.ts'
import { listProviders } from './providers.ts'
import { dropItems, listItems, replayItems, showItem } from './quarantine.ts'
import { remap } from './remap.ts'
import { republish } from './republish.ts'
import { rotateKey } from './rotate.ts'
import { readMoment, type Selection } from './selection.ts'
import { sendCallback } from './send.ts'
import { showMessage } from './show.ts'
import { openDeployed, openLocal } from './target.ts'

const ids = providers.map(({ id }) => id)

const { version: VERSION } = createRequire(import.meta.url)('../package.json') as { version: string }

/** Options of every command. */
interface Common {
  stack?: string
  profile?: string
  region?: string
  url: string
  json?: boolean
  dryRun?: boolean
}

/** The operators' command line. `exit` is called with the exit code of a failure. */
export function createProgram(exit: (code: number) => void): Command {
  const program = new Command('ledger')
    .description('Reads and operates a delivery-ledger: the local stack, or a deployed one by its name.')
    .version(VERSION)
    .option('--stack <name>', 'a deployed stack, such as delivery-ledger-prod (LEDGER_STACK)', process.env.LEDGER_STACK)
    .option('--profile <name>', 'a profile of the AWS CLI')
    .option('--region <name>', 'the AWS region of the stack, if the profile does not name it')
    .addOption(
      new Option('--url <url>', 'the local stack, or a custom domain of a deployed one')
        .env('LEDGER_URL')
        .default(`http://127.0.0.1:${process.env.PORT ?? 3000}`)
        .argParser(readUrl),
    )
    .option('--json', 'one JSON value per line on standard output, everything else on standard error')
    .configureHelp({ subcommandTerm: (command) => `${command.name()} ${command.usage()}` })
    .showHelpAfterError('(--help lists commands and options)')
    .addHelpText('after', EXAMPLES)

  /** Runs a command on the stack that the options name; false, or an error, makes the process fail. */
  const run: Run = async (command, act) => {
    const options = command.optsWithGlobals<Common>()
    try {
      const isUrlGiven = program.getOptionValueSource('url') === 'cli'
      // --url means the local stack, unless --stack is given as well; LEDGER_STACK alone does not count.
      const isLocal = options.stack === undefined || (isUrlGiven && program.getOptionValueSource('stack') !== 'cli')
      const target = isLocal
        ? await openLocal(options.url)
        : await openDeployed({ ...options, stack: options.stack as string })
      if (isUrlGiven) target.url = options.url
      if ((await act(target, createOutput(options))) === false) exit(1)
    } catch (error) {
      process.stderr.write(`${inOneLine(error)}\n`)
      exit(1)
    }
  }

  program
    .command('show')
    .description('the history of a message: where it stands, and why it failed')
    .usage('[options] [provider] <id>')
    .argument('<id>', 'the message id that the provider returned; after its provider, to search that one only')
    .argument('[id]', 'the message id, where its provider is named')
    .option('--recipient <recipient>', 'of one recipient only')
    .action((first, second, { recipient }, command) =>
      run(command, (target, output) => {
        const [messageId, searched] =
          second === undefined
            ? [first, [...new Set([...ids, ...target.providers])]]
            : [second, [providerName(known(first))]]
        return showMessage(target, output, { providers: searched, messageId, recipient })
      }),
    )

  program
    .command('find')
    .description('deliveries by what you know of them, newest first')
    .option('--recipient <text>', 'a phone number with its country code, an e-mail address or another address')
    .option('--reference <text>', 'your own id of the message')
    .option('--campaign <text>', 'the campaign or list')
    .option('--limit <count>', 'how many at most', readCount, 50)
    .action(({ limit, ...known }, command) =>
      run(command, (target, output) => {
        const [asked, ...others] = Object.entries(known as Record<string, string>)
        if (asked === undefined || others.length > 0)
          throw new Error('find by one of --recipient, --reference, --campaign')
        return find(target, output, Object.fromEntries([asked]) as Question, limit)
      }),
    )
  program
    .command('failed')
    .description('deliveries that failed, newest first')
    .addOption(new Option('--status <status>', 'of one status').choices(FAILURES))
    .addOption(new Option('--provider <provider>', 'from one provider').choices(ids))
    .option('--since <time>', 'failed at or after: 30m, 2h, 3d ago, or RFC 3339 (default: 24 h ago)', readMoment)
    .option('--limit <count>', 'how many at most', readCount, 50)
    .action((options, command) =>
      run(command, (target, output) => findFailed(target, output, { since: readMoment('1d'), ...options })),
    )
  program
    .command('overdue')
    .description('deliveries that are not final in time, newest first')
    .addOption(new Option('--provider <provider>', 'from one provider').choices(ids))
    .option('--limit <count>', 'how many at most', readCount, 50)
    .action((options, command) => run(command, (target, output) => findOverdue(target, output, options)))
  program
    .command('expect')
    .description('say that a message was sent, so that silence about it is noticed')
    .addArgument(provider())
    .argument('<id>', 'the message id that the provider returned')
    .option('--sent-at <time>', 'when: 30m, 2h, 3d ago, or RFC 3339 (default: now)', readMoment)
    .option('--recipient <text>', 'to whom')
    .option('--part <number>', 'which part of it', readNumber)
    .option('--reference <text>', 'your own id of the message')
    .option('--campaign <text>', 'the campaign or list')
    .option('--channel <text>', 'the channel, such as sms')
    .option('--patience <seconds>', 'how long a final status may take', readCount)
    .action((id, messageId, options, command) =>
      run(command, (target, output) =>
        expectMessage(target, output, { provider: id, messageId }, { sentAt: Date.now(), ...options }),
      ),
    )

  const quarantine = program.command('quarantine').description('callbacks that could not be read, and why')
  filtered(quarantine.command('list'), true)
    .description('newest first')
    .option('--limit <count>', 'how many at most', readCount, 50)
    .action((options, command) => run(command, (target, output) => listItems(target, output, options, options.limit)))
  quarantine
    .command('show')
    .description('one callback, with its reason and its raw body')
    .argument('<id>')
    .action((id, _, command) => run(command, (target, output) => showItem(target, output, id)))
  changing(quarantine.command('replay'), true)
    .description('process again; what can be read now leaves the quarantine')
    .action((ids, options, command) =>
      run(command, (target, output) => replayItems(target, output, chosen(command, ids, options), options)),
    )
  changing(quarantine.command('drop'), true)
    .description('delete permanently')
    .action((ids, options, command) =>
      run(command, (target, output) => dropItems(target, output, chosen(command, ids, options), options)),
    )

  const letters = program.command('dead-letters').description('messages that the worker gave up on after all retries')
  filtered(letters.command('list'), false)
    .description('list them; hides them from other readers of the queue for a moment')
    .action((options, command) => run(command, (target, output) => listLetters(target, output, options)))
  letters
    .command('show')
    .description('one message, as it is in the queue')
    .argument('<id>')
    .action((id, _, command) => run(command, (target, output) => showLetter(target, output, id)))
  changing(letters.command('redrive'), false)
    .description('move back to the queue of the worker')
    .action((ids, options, command) =>
      run(command, (target, output) => redriveLetters(target, output, chosen(command, ids, options), options)),
    )

  addEndpointCommands(program, run)

  program
    .command('send')
    .description('send a file as a callback, with the key or the signature that its provider uses')
    .addArgument(provider())
    .argument('[file]', 'the body, or a request (.http); - is standard input; without, an example of the provider')
    .option('--content-type <type>', 'of the body: JSON or a form, as it looks, unless said')
    .option('--id <id>', 'the message id, where it is part of the URL (random by default)')
    .option('--dry-run', 'only show what would be sent')
    .action((id, file, options, command) =>
      run(command, (target, output) => sendCallback(target, output, known(id), { file, ...options })),
    )

  program
    .command('remap')
    .description("today's mapping applied to what is kept: shows what would change, and with --apply changes it")
    .addOption(new Option('--provider <provider>', 'of one provider').choices(ids).makeOptionMandatory())
    .option('--apply', 'write status, final, order and version')
    .option('--after <position>', 'continue an earlier run')
    .action(({ provider, ...options }, command) =>
      run(command, async (target, output) =>
        remap(target, output, provider, await known(provider).loadNormalizer(), options),
      ),
    )

  program
    .command('project')
    .description('make the deliveries again from the ledger: after a look-up was switched on, or the follower was away')
    .option('--since <time>', 'only of records received at or after: 30m, 2h, 3d ago, or RFC 3339', readMoment)
    .option('--after <position>', 'continue an earlier run')
    .option('--parked', 'only of records that the follower could not handle, and take them out of their queue')
    .action(({ parked, ...options }, command) =>
      run(command, (target, output) => {
        if (parked && Object.keys(options).length > 0) throw new Error('--parked goes without other choices')
        return parked ? projectParked(target, output) : project(target, output, options)
      }),
    )

  program
    .command('republish')
    .description('publish events again, with the same ids: after an outage, or for a new consumer')
    .requiredOption('--since <time>', 'received, or overdue, at or after: 30m, 2h, 3d ago, or RFC 3339', readMoment)
    .option('--until <time>', 'at or before (default: now)', readMoment)
    .addOption(new Option('--provider <provider>', 'of one provider').choices(ids))
    .option('--to <endpoint>', 'only to one endpoint: what passes its filter')
    .option('--rate <count>', 'events a second at most', readCount, 1_000)
    .option('--after <position>', 'continue an earlier run')
    .option('--dry-run', 'only count them')
    .action(({ to, ...options }, command) =>
      run(command, (target, output) => {
        const destinations = to === undefined ? target.events?.outlets : [endpointOutlet(endpointOf(target, to))]
        return republish(target, destinations ?? [], output, options)
      }),
    )

  program
    .command('providers')
    .description('the catalogue: what each provider reports, and what of its mapping was verified')
    .action((_, command) => listProviders(createOutput(command.optsWithGlobals()), providers))

  program
    .command('rotate')
    .description('add a new key beside the current one; with --finish, remove the previous one')
    .addArgument(provider())
    .option('--finish', 'remove the previous key', false)
    .option('--key-file <file>', 'the new key, where the provider makes it; - is standard input')
    .option('--dry-run', 'only show what would be done')
    .action((id, { finish, keyFile }, command) =>
      run(command, (target, output) => {
        const key = keyFile && readInput(keyFile).toString().trim()
        return rotateKey(target, output, known(id), { finish, key })
      }),
    )

  return program
}

const provider = () =>
  new Argument('<provider>', `${ids.join(', ')}; of several accounts one, such as twilio/eu`).argParser((name) =>
    providerName(known(name)),
  )

function known(name: string): Provider {
  try {
    return providerNamed(providers, name)
  } catch (error) {
    throw new InvalidArgumentError(`provider: ${(error as Error).message}`)
  }
}

function filtered(command: Command, hasReason: boolean): Command {
  command
    .addOption(new Option('--provider <provider>', 'from one provider').choices(ids))
    .option('--since <time>', 'received at or after: 30m, 2h, 3d ago, or RFC 3339', readMoment)
    .option('--until <time>', 'received at or before', readMoment)
  return hasReason ? command.option('--reason <text>', 'with this text in the reason') : command
}

const changing = (command: Command, hasReason: boolean): Command =>
  filtered(command, hasReason)
    .argument('[ids...]', 'which ones; or choose them by options')
    .option('--all', 'all of them')
    .option('--dry-run', 'only list them')

/** @throws Error where neither ids nor options choose items (all of them needs --all), or both do. */
function chosen(
  command: Command,
  ids: string[],
  { provider, reason, since, until, all }: Selection & { all?: boolean },
): string[] {
  const isChosen = [provider, reason, since, until, all].some((choice) => choice !== undefined)
  if (ids.length > 0 && isChosen) throw new Error('choose by ids or by options, not by both')
  const choices = ['provider', 'reason', 'since', 'until', 'all'].map((name) => `--${name}`)
  const offered = choices.filter((flag) => command.options.some(({ long }) => long === flag))
  if (ids.length === 0 && !isChosen) throw new Error(`choose which: ids, ${offered.join(', ')}`)
  return ids
}

function readUrl(text: string): string {
  if (!/^https?:\/\/./.test(text)) throw new InvalidArgumentError(`expected http:// or https:// first: http://${text}`)
  return text.replace(/\/+$/, '')
}

function readNumber(text: string): number {
  const number = Number(text)
  if (text === '' || Number.isNaN(number)) throw new InvalidArgumentError('expected a number')
  return number
}

function readCount(text: string): number {
  const count = Number(text)
  if (!Number.isInteger(count) || count < 1) throw new InvalidArgumentError('expected a whole number from 1')
  return count
}

const EXAMPLES = `
Examples:
  ledger show sms_1                                    what happened to a message, on the local stack
  ledger --stack delivery-ledger-prod --profile ops show octopush sms_1
  ledger find --recipient "+33 6 00 11 22 33"
  ledger find --reference order-4711
  ledger failed --since 2h
  ledger overdue --provider octopush
  ledger quarantine list --provider telesign --since 2h
  ledger quarantine replay --reason "number: expected text" --dry-run
  ledger republish --since 7d --to crm                 what a new endpoint has missed
  ledger dead-letters redrive --all
  ledger endpoints                                     who is sent events, and how that goes
  ledger endpoints test crm
  ledger send nifteem callback.json                    as nifteem would send it
  ledger remap --provider octopush                     what a corrected table would change; then:
  ledger remap --provider octopush --apply
  ledger republish --since 2026-01-31T12:00Z --until 2026-01-31T14:00Z --dry-run
  ledger rotate octopush                               and when the provider uses the new key:
  ledger rotate octopush --finish`
