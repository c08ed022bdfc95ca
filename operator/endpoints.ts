import { randomBytes, randomUUID } from 'node:crypto'
import type { EndpointState } from '../functions/domain/endpoint.ts'
import { pauseEndpoint, readState, resumeEndpoint } from '../functions/platform/endpoints.ts'
import { countMessages } from '../functions/platform/queue.ts'
import { postWebhook } from '../functions/platform/webhook.ts'
import { filledTable } from '../local/table.ts'
import { moveLetters } from './letters.ts'
import type { Output } from './output.ts'
import { begin, finish } from './rotation.ts'
import type { Target } from './target.ts'
import type { TargetEndpoint } from './webhooks.ts'

/** As long as the keys that AWS makes for them: https://www.standardwebhooks.com asks for 24 to 64 bytes. */
const KEY_BYTES = 30

/** The type of the event by which an endpoint is tested; no fact is behind it. */
const TESTED = 'delivery-ledger.endpoint.tested'

/** An endpoint, and how it is doing. */
interface Listed extends EndpointState, Pick<TargetEndpoint, 'name' | 'url' | 'filter' | 'recipients'> {
  waiting: number
  deadLetters: number
}

const COLUMNS: Record<string, (endpoint: Listed) => string> = {
  endpoint: ({ name }) => name,
  state: ({ state, reason, since }) => [state, reason, since && `since ${since}`].filter(Boolean).join(', '),
  waiting: ({ waiting }) => String(waiting),
  'dead letters': ({ deadLetters }) => String(deadLetters),
  'last answer': ({ lastAnswer, lastAt }) => [lastAnswer, lastAt].filter(Boolean).join(' at '),
  'failing since': ({ failures, failingSince }) => (failingSince === null ? '' : `${failingSince} (${failures} times)`),
  url: ({ url }) => url,
}

/**
 * One endpoint of a stack.
 *
 * @throws Error that names those that there are.
 */
export function endpointOf({ endpoints }: Target, name: string): TargetEndpoint {
  const found = endpoints.find((endpoint) => endpoint.name === name)
  if (found !== undefined) return found
  const names = endpoints.map(({ name }) => name).join(', ')
  throw new Error(
    names === ''
      ? 'the stack has no endpoint: set webhooks in its configuration'
      : `endpoint: expected one of ${names}, not ${name}`,
  )
}

/** Lists all endpoints: the state of each, how many events wait for it, and how it answered last. */
export async function listEndpoints({ endpoints }: Target, { print, printJson }: Output): Promise<void> {
  const listed = await Promise.all(endpoints.map(look))
  for (const endpoint of listed) printJson(endpoint)
  print(listed.length === 0 ? 'no endpoint is sent events' : filledTable(COLUMNS, listed))
}

async function look({ name, url, filter, recipients, queue, deadLetters, table }: TargetEndpoint): Promise<Listed> {
  const [state, waiting, dead] = await Promise.all([
    readState(table, name),
    countMessages(queue),
    countMessages(deadLetters),
  ])
  return { name, url, filter, recipients, ...state, waiting, deadLetters: dead }
}

/** Stops sending to an endpoint until it is resumed; its events wait. */
export async function pause({ name, table }: TargetEndpoint, { print, printJson, dryRun }: Output): Promise<void> {
  if (!dryRun) await pauseEndpoint(table, name, 'operator', Date.now())
  printJson({ endpoint: name, paused: !dryRun })
  print(
    dryRun
      ? `${name} would be paused`
      : `${name} is paused: its events wait, and after 13 days they go to its dead-letter queue. ledger endpoints resume ${name} sends them.`,
  )
}

/** Sends again to an endpoint that is paused for whatever reason. */
export async function resume({ name, table }: TargetEndpoint, { print, printJson, dryRun }: Output): Promise<void> {
  if (!dryRun) await resumeEndpoint(table, name, 'operator', Date.now())
  printJson({ endpoint: name, resumed: !dryRun })
  print(dryRun ? `${name} would be resumed` : `${name} is sent events again within a minute`)
}

/** Prints the secret by which an endpoint verifies what it is sent, as its consumer stores it. */
export async function showSecret({ name, readSecret }: TargetEndpoint, { printJson }: Output): Promise<void> {
  const { current } = await readSecret()
  printJson({ endpoint: name, secret: shown(current) }, shown(current))
}

/** Rotates the secret of an endpoint without an event that its consumer refuses: between the two runs each event is signed by both. */
export async function rotateSecret(
  { name, readSecret, writeSecret }: TargetEndpoint,
  { print, printJson, dryRun }: Output,
  isLast: boolean,
): Promise<void> {
  if (writeSecret === undefined)
    throw new Error('the secret of the local stack is WEBHOOK_SECRET; rotate that of a deployed one (--stack)')
  const secret = await readSecret()
  if (isLast) {
    const left = finish(secret, name)
    if (!dryRun) await writeSecret(left)
    printJson({ endpoint: name, finished: !dryRun })
    return print(
      dryRun
        ? 'the previous secret would be removed'
        : 'the previous secret is removed; nothing is signed by it after five minutes',
    )
  }
  const beside = begin(secret, name)
  if (dryRun) {
    printJson({ endpoint: name, rotated: false })
    return print(`${name} would be sent events that are signed by a new secret beside the current one`)
  }
  const next = randomBytes(KEY_BYTES).toString('base64')
  await writeSecret(beside(next))
  printJson({ endpoint: name, rotated: true, secret: shown(next) }, shown(next))
  print(
    `Events for ${name} are signed by both secrets after five minutes. Give the new one to the consumer; when it uses it, run this again with --finish.`,
  )
}

/** Sends one signed test event straight from this machine and prints the answer; gives true where it was taken. */
export async function testEndpoint(
  { name, url, readSecret, allowPrivate }: TargetEndpoint,
  { print, printJson, dryRun }: Output,
): Promise<boolean> {
  const event = testEvent(name)
  if (dryRun) {
    printJson({ endpoint: name, url, event }, `POST ${url}\n${JSON.stringify(event, null, 2)}`)
    return true
  }
  const secret = await readSecret()
  const startedAt = Date.now()
  const { kind, text } = await postWebhook({ url, secret, allowPrivate }, event.id, JSON.stringify(event))
  const isTaken = kind === 'delivered'
  printJson({ endpoint: name, id: event.id, answer: text, taken: isTaken, ms: Date.now() - startedAt })
  print(`${name} answered ${text}${isTaken ? '' : ': expected 2xx within 15 seconds'}`)
  return isTaken
}

/** Puts the events of an endpoint's dead-letter queue back into its queue; gives true where all were. */
export const redriveEndpoint = async ({ queue, deadLetters }: TargetEndpoint, output: Output): Promise<boolean> =>
  moveLetters({ from: deadLetters, to: queue }, output, await countMessages(deadLetters))

const shown = (key: string): string => `whsec_${key}`

function testEvent(endpoint: string) {
  const now = new Date().toISOString()
  return {
    specversion: '1.0',
    id: randomUUID(),
    source: '/delivery-ledger/endpoints',
    type: TESTED,
    subject: endpoint,
    time: now,
    recordedtime: now,
    datacontenttype: 'application/json',
    data: { endpoint },
  }
}
