import { once } from 'node:events'
import type { IncomingMessage, RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createServer as createPlainServer } from 'node:net'
import { text } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { SQSClient } from '@aws-sdk/client-sqs'
import { Webhook } from 'standardwebhooks'
import type { LedgerEvent } from '../functions/domain/event.ts'
import { countMessages } from '../functions/platform/queue.ts'
import { fixedSecret } from '../functions/platform/secrets.ts'
import { topicOutlet } from '../functions/platform/topic.ts'
import { SENDER_SOURCE } from '../functions/sender/event-source.ts'
import { createSender } from '../functions/sender/sender.ts'
import { LOCAL_AWS } from '../local/credentials.ts'
import { startDynamoDb } from '../local/dynamodb.ts'
import { startEventSource } from '../local/event-source.ts'
import { createTopic } from '../local/events.ts'
import { createQueue, createTable } from '../local/resources.ts'
import { startSqs } from '../local/sqs.ts'
import { subscribe } from '../local/webhooks.ts'
import { serve } from './server.ts'

/** What became of the events of an endpoint. */
interface Endured {
  /** Ids that it took, and when the last of each was taken after it was published, in milliseconds. */
  taken: Map<string, number>
  /** Messages that wait, or are dead letters. */
  waiting: number
}

/** What endpoints do to a webhook. */
const KINDS = ['good', 'slow', 'back after a while', 'wrong', 'closed', 'garbage', 'redirect', 'hanging'] as const

type Kind = (typeof KINDS)[number]

/** Those that take each event in the end. */
const TAKING: ReadonlySet<Kind> = new Set(['good', 'slow', 'back after a while'])

/** Milliseconds: of an answer, until an endpoint is back, of a request at most, and of it all at most. */
const [SLOW, BACK, TIMEOUT, PATIENCE] = [1_000, 2_000, 4_000, 60_000]

const SECRET = 'bGFib3JhdG9yeS1sYWJvcmF0b3J5LWxhYm9yYXRvcnk='

/** Sends events to an endpoint of each kind, each from a queue of its own; gives what is wrong, and lines that say how it went. */
export async function tryEndpoints(events: readonly LedgerEvent[]): Promise<{ violations: string[]; lines: string[] }> {
  const [sqs, dynamoDb] = await Promise.all([startSqs(), startDynamoDb()])
  const queues = new SQSClient({ ...LOCAL_AWS, endpoint: sqs.endpoint })
  const webhooks = await createTable(new DynamoDBClient({ ...LOCAL_AWS, endpoint: dynamoDb.endpoint }), 'webhooks')
  const topic = await createTopic(sqs.endpoint, 'events')
  const verifier = new Webhook(`whsec_${SECRET}`)
  const startedAt = Date.now()
  const forged: string[] = []
  const take = (kind: Kind, { headers }: IncomingMessage, body: string) => {
    try {
      verifier.verify(body, headers as Record<string, string>)
    } catch {
      forged.push(kind)
    }
    endured[kind].taken.set(JSON.parse(body).id, Date.now() - startedAt)
  }
  const endured = Object.fromEntries(KINDS.map((kind) => [kind, { taken: new Map(), waiting: 0 }])) as Record<
    Kind,
    Endured
  >
  const answering = (kind: Kind, delay: () => number, status: () => number): RequestListener => {
    return async (request, response) => {
      // A sender that has lost its patience closes the connection.
      const body = await text(request).catch(() => undefined)
      await sleep(delay())
      const answer = status()
      if (answer === 200 && body !== undefined) take(kind, request, body)
      response.writeHead(answer, { location: servers[0]?.endpoint ?? '' }).end('{}')
    }
  }
  const now = () => 0
  const servers = await Promise.all([
    serve(answering('good', now, () => 200)),
    serve(
      answering(
        'slow',
        () => SLOW,
        () => 200,
      ),
    ),
    serve(answering('back after a while', now, () => (Date.now() - startedAt < BACK ? 503 : 200))),
    serve(answering('wrong', now, () => 500)),
    serve(answering('redirect', now, () => 302)),
    serve(() => {}),
  ])
  const garbage = createPlainServer((socket) => socket.on('error', () => {}).end('220 garbage\r\n\r\n')).listen(
    0,
    '127.0.0.1',
  )
  await once(garbage, 'listening')
  const [good, slow, back, wrong, redirect, hanging] = servers.map(({ endpoint }) => endpoint) as string[]
  const urls: Record<Kind, string> = {
    ...{ good: good as string, slow: slow as string, 'back after a while': back as string, wrong: wrong as string },
    ...{ redirect: redirect as string, hanging: hanging as string, closed: 'http://127.0.0.1:1' },
    garbage: `http://127.0.0.1:${(garbage.address() as AddressInfo).port}`,
  }
  const running = await Promise.all(
    KINDS.map(async (kind, index) => {
      const { queue, deadLetters } = await createQueue(queues, `endpoint-${index}`, SENDER_SOURCE)
      await subscribe(topic, queue)
      const sender = createSender({
        ...{ endpoint: { name: `endpoint-${index}`, url: urls[kind] }, secrets: fixedSecret({ current: SECRET }) },
        ...{ queue, deadLetters, webhooks, allowPrivate: true, timeout: TIMEOUT },
        telemetry: { told() {}, unexpected() {} },
      })
      return { kind, queue, deadLetters, source: startEventSource(queue, sender, SENDER_SOURCE) }
    }),
  )
  try {
    await topicOutlet(topic, 'masked').publish(events)
    const isDone = () => [...TAKING].every((kind) => endured[kind].taken.size === events.length)
    while (!isDone() && Date.now() - startedAt < PATIENCE) await sleep(50)
    await Promise.all(running.map(({ source }) => source.stop()))
    for (const { kind, queue, deadLetters } of running)
      endured[kind].waiting = (await countMessages(queue)) + (await countMessages(deadLetters))
  } finally {
    for (const server of servers) server.stop()
    garbage.close()
    await Promise.all([sqs.stop(), dynamoDb.stop()])
  }
  return {
    violations: [...forged.map((kind) => `endpoint: ${kind}: a signature is wrong`), ...violationsOf(endured, events)],
    lines: linesOf(endured),
  }
}

/** None loses an event: it has it, or it waits; and the good one does not wait for the slow one. */
function violationsOf(endured: Record<Kind, Endured>, events: readonly LedgerEvent[]): string[] {
  return [
    ...KINDS.flatMap((kind) => {
      const { taken, waiting } = endured[kind]
      const [all, none] = TAKING.has(kind) ? [taken.size, waiting] : [waiting, taken.size]
      return all === events.length && none === 0
        ? []
        : [`endpoint: ${kind}: ${taken.size} taken, ${waiting} wait, of ${events.length}`]
    }),
    ...(p95(endured.good) < p95(endured.slow) ? [] : ['endpoint: good: waits for the slow one']),
  ]
}

const linesOf = (endured: Record<Kind, Endured>): string[] =>
  KINDS.map((kind) => {
    const { taken, waiting } = endured[kind]
    const late = taken.size > 0 ? `, 95 % of them within ${p95(endured[kind])} ms` : ''
    return `endpoint ${kind}: ${taken.size} events taken${late}, ${waiting} wait`
  })

const p95 = ({ taken }: Endured): number => {
  const sorted = [...taken.values()].sort((a, b) => a - b)
  return sorted[Math.ceil(0.95 * sorted.length) - 1] ?? Number.POSITIVE_INFINITY
}
