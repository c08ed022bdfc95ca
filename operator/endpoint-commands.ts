import type { Command } from 'commander'
import {
  endpointOf,
  listEndpoints,
  pause,
  redriveEndpoint,
  resume,
  rotateSecret,
  showSecret,
  testEndpoint,
} from './endpoints.ts'
import type { Output } from './output.ts'
import type { Target } from './target.ts'
import type { TargetEndpoint } from './webhooks.ts'

/** Runs a command on the stack that the options name. */
export type Run = (command: Command, act: (target: Target, output: Output) => Promise<unknown>) => Promise<void>

/** Adds `ledger endpoints` and what it does to one of them. */
export function addEndpointCommands(program: Command, run: Run): void {
  const endpoints = program.command('endpoints').description('the consumers that are sent events as webhooks')
  endpoints
    .command('list', { isDefault: true })
    .description('the state of each, how many events wait, dead letters, the last answer')
    .action((_, command) => run(command, listEndpoints))

  /** A command on one endpoint. */
  const one = (
    name: string,
    description: string,
    act: (endpoint: TargetEndpoint, output: Output, options: { finish?: boolean }) => Promise<unknown>,
  ) =>
    endpoints
      .command(name)
      .description(description)
      .argument('<name>', 'the endpoint')
      .action((name, options, command) =>
        run(command, async (target, output) => act(endpointOf(target, name), output, options)),
      )
  const changing = (command: Command) => command.option('--dry-run', 'only show what would be done')

  changing(one('pause', 'send nothing until it is resumed; its events wait', pause))
  changing(one('resume', 'send again, whatever it was paused for', resume))
  changing(one('test', 'send one signed test event from this machine, and print the answer', testEndpoint))
  changing(one('redrive', 'send the events of its dead-letter queue again', redriveEndpoint))
  one('secret', 'print the secret by which its consumer verifies events', showSecret)
  changing(
    one(
      'rotate',
      'sign by a new secret beside the current one; with --finish, by the new one alone',
      (endpoint, output, { finish = false }) => rotateSecret(endpoint, output, finish),
    ),
  ).option('--finish', 'remove the previous secret')
}
