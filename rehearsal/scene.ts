import { setTimeout as sleep } from 'node:timers/promises'
import type { Secret } from '../functions/domain/request.ts'
import type { StatusRecord } from '../functions/domain/status.ts'
import type { Deployment } from './deployment.ts'
import type { CloudEmulator } from './emulator.ts'
import type { Receiver } from './receiver.ts'

/** What the steps of a rehearsal share. */
export interface Scene {
  emulator: CloudEmulator
  /** The copy of the sources that is deployed. */
  folder: string
  deployment: Deployment
  /** The consumer that is sent webhooks. */
  receiver: Receiver
  /** The deployed secret of each provider. */
  keys: Record<string, Secret>
}

const PATIENCE = 120_000
const OUTCOMES = ['recorded', 'duplicate', 'ignored', 'quarantined'] as const

/** How often something was counted, by metric. */
export type Counts = Record<string, number>

/** A request to the deployed query API; gives its answer as JSON, undefined where there is nothing. */
export async function query<T>(
  deployment: Deployment,
  path: string,
  method = 'GET',
  body?: object,
): Promise<T | undefined> {
  const request = {
    method,
    ...(body && { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
  }
  const response = await fetch(deployment.urlOf(`/v1${path}`), request)
  if (response.status === 404) return undefined
  if (!response.ok) throw new Error(`${method} ${path} answers ${response.status}: ${await response.text()}`)
  return response.status === 202 || response.status === 204 ? undefined : ((await response.json()) as T)
}

/** All records of a message, as the query API gives them; empty where it has none. */
export async function recordsOf(deployment: Deployment, provider: string, messageId: string): Promise<StatusRecord[]> {
  const message = await query<{ deliveries: { history: StatusRecord[] }[] }>(
    deployment,
    `/messages/${provider}/${encodeURIComponent(messageId)}?limit=1000`,
  )
  return message?.deliveries.flatMap(({ history }) => history) ?? []
}

/** What the functions have counted so far, by their EMF lines; of one provider, or of all. */
export async function readCounts(deployment: Deployment, provider?: string): Promise<Counts> {
  const counts: Counts = {}
  for (const emitted of await deployment.readMetrics()) {
    if (provider !== undefined && emitted.dimensions.provider !== provider) continue
    for (const [name, value] of Object.entries(emitted.values)) counts[name] = (counts[name] ?? 0) + value
  }
  return counts
}

/** Waits until so many callbacks are finished; gives the counts. */
export const settled = (deployment: Deployment, callbacks: number): Promise<Counts> =>
  eventually(`${callbacks} outcomes`, async () => {
    const counts = await readCounts(deployment)
    return outcomesOf(counts) >= callbacks && counts
  })

/** How many callbacks are finished. */
export const outcomesOf = (counts: Counts): number =>
  OUTCOMES.map((name) => counts[name] ?? 0).reduce((sum, count) => sum + count)

/** The four outcomes in words. */
export const wordsOf = (counts: Counts): string => OUTCOMES.map((name) => `${counts[name] ?? 0} ${name}`).join(' + ')

/** Looks again and again until there is something; gives it. */
export async function eventually<T>(expected: string, look: () => Promise<T | false | undefined>): Promise<T> {
  const end = Date.now() + PATIENCE
  for (;;) {
    const found = await look()
    if (found !== undefined && found !== false) return found
    if (Date.now() > end) throw new Error(`expected ${expected} within ${PATIENCE / 1000} s`)
    await sleep(500)
  }
}
