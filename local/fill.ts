import { setTimeout as sleep } from 'node:timers/promises'
import pMap from 'p-map'
import { countMessages, enqueue } from '../functions/platform/queue.ts'
import { state } from '../functions/platform/state-expectation.ts'
import { type Example, examplesOf, LOOKED_UP } from './examples.ts'
import type { Stack } from './stack.ts'

/** How long the worker may take, in milliseconds. */
const PATIENCE = 20_000

const CONCURRENCY = 8

/**
 * Fills a stack with the examples of the last hour, each callback with its own time of arrival: so they go directly into the queue,
 * not through the receivers; and with what the senders of some expect. Gives the messages.
 */
export async function fill({
  queue,
  deliveries,
  ledger,
}: Pick<Stack, 'queue' | 'deliveries' | 'ledger'>): Promise<Example[]> {
  const examples = examplesOf(Date.now())
  const callbacks = examples.flatMap(({ callbacks }) => callbacks)
  const inOrder = callbacks.toSorted((one, other) => (one.receivedAt < other.receivedAt ? -1 : 1))
  await pMap(inOrder, (callback) => enqueue(queue, callback), { concurrency: CONCURRENCY })
  for (const { expectation } of examples) if (expectation !== undefined) await state(deliveries, ledger, expectation)
  const end = Date.now() + PATIENCE
  while ((await countMessages(queue)) > 0 && Date.now() < end) await sleep(100)
  return examples.filter(({ messageId }) => messageId !== '')
}

/** Lines that lead to the examples in the console: to single ones, and to those of a recipient, a reference and a campaign. */
export const messageLines = (url: string, examples: readonly Example[]): string =>
  [
    `The console shows ${examples.length} example messages of the last hour, such as:`,
    ...examples.flatMap(({ messageId, title }) => (title === undefined ? [] : linkOf(url, title, messageId))),
    ...Object.entries(LOOKED_UP).map(([title, value]) => linkOf(url, title, value)),
    '',
  ].join('\n')

const linkOf = (url: string, title: string, sought: string): string =>
  `  ${title.padEnd(40)}${url}/#find=${encodeURIComponent(sought)}`
