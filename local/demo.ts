import { hash } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import pMap from 'p-map'
import { cut } from '../functions/console/cut.ts'
import type { Delivery } from '../functions/domain/delivery.ts'
import type { Outcome } from '../functions/platform/telemetry.ts'
import { providers } from '../functions/providers/index.ts'
import { localSecret } from './credentials.ts'
import { type Fixture, readFixtures, send, signedRequest } from './fixtures.ts'
import { startStack } from './stack.ts'
import { tableOf } from './table.ts'
import { consoleTelemetry } from './terminal.ts'

const PATIENCE = 30_000
const CONCURRENCY = 16

/**
 * Sends fixtures of every provider to a fresh stack, all or so many of each, each twice and all shuffled by the seed, and prints a line
 * for each delivery. Gives true where every callback that was accepted has exactly one outcome.
 */
export async function demonstrate(
  seed: string,
  print: (line: string) => void,
  ofEach = Number.POSITIVE_INFINITY,
): Promise<boolean> {
  const outcomes: Outcome[] = []
  const telemetry = {
    ...consoleTelemetry(print),
    worked: (batch: { outcomes: Outcome[] }) => void outcomes.push(...batch.outcomes),
  }
  const stack = await startStack({ port: 0, telemetry })
  try {
    const fixtures = shuffle(
      seed,
      providers
        .flatMap(({ id }) => shuffle(seed, readFixtures(id)).slice(0, ofEach))
        .flatMap((fixture) => [fixture, fixture]),
    )
    const statuses = await pMap(fixtures, (fixture) => sendFixture(stack.url, fixture), { concurrency: CONCURRENCY })
    const accepted = statuses.filter((status) => status === 200).length
    const end = Date.now() + PATIENCE
    while (outcomes.length < accepted && Date.now() < end) await sleep(50)

    const messages = new Set(
      outcomes.flatMap(({ stored }) =>
        stored.map(({ provider, messageId }) => `${provider}/${encodeURIComponent(messageId)}`),
      ),
    )
    print(tableOf((await pMap([...messages].sort(), (message) => rowsOf(stack.url, message))).flat()))
    print(summaryOf(fixtures.length, accepted, outcomes))
    return accepted === fixtures.length && outcomes.length === accepted
  } finally {
    await stack.stop()
  }
}

async function sendFixture(url: string, fixture: Fixture): Promise<number> {
  const provider = providers.find(({ id }) => id === fixture.provider) as (typeof providers)[number]
  return (await send(await signedRequest(provider, fixture, localSecret(provider.id), url))).status
}

/** Statuses of a delivery that are named. */
const MAX_STATUSES = 6

/** A row for each delivery of a message: its recipient, its statuses, oldest first, and where it stands. */
async function rowsOf(url: string, message: string): Promise<string[][]> {
  const answer = await fetch(`${url}/v1/messages/${message}`)
  const { deliveries } = (await answer.json()) as { deliveries: Delivery[] }
  return deliveries.map(({ recipient, part, status, history }) => {
    const statuses = history.map(({ status, channel }) => [channel, status].filter(Boolean).join(' '))
    const more = statuses.length > MAX_STATUSES ? [`… (${statuses.length})`] : []
    return [
      cut(decodeURIComponent(message), 50),
      cut([recipient, part !== null && `part ${part}`].filter(Boolean).join(' ') || '-', 30),
      status,
      [...statuses.slice(0, MAX_STATUSES), ...more].join(', '),
    ]
  })
}

function summaryOf(sent: number, accepted: number, outcomes: readonly Outcome[]): string {
  const counts = (['recorded', 'duplicate', 'ignored', 'quarantined'] as const).map(
    (result) => `${outcomes.filter((outcome) => outcome.result === result).length} ${result}`,
  )
  return `\n${sent} sent, ${accepted} accepted = ${counts.join(' + ')}`
}

/** The same order for the same seed. */
export const shuffle = <T>(seed: string, items: T[]): T[] =>
  items
    .map((item, index) => ({ item, rank: hash('sha256', `${seed}/${index}`) }))
    .sort((a, b) => (a.rank < b.rank ? -1 : 1))
    .map(({ item }) => item)
