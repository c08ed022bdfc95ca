import { ScanCommand } from '@aws-sdk/client-dynamodb'
import pMap from 'p-map'
import type { Status } from '../domain/status.ts'
import type { Summary } from '../domain/summary.ts'
import { INDEXES } from './delivery-indexes.ts'
import type { Deliveries } from './delivery-table.ts'
import { itemOf } from './item.ts'
import { type Entry, findDeliveries, readRows } from './lookups.ts'

/** Which failures are asked for. */
export interface Failures {
  providers: readonly string[]
  statuses: readonly Status[]
  /** Milliseconds since 1970, at most a day ago. */
  since: number
  limit: number
}

const DAY = 86_400_000

/** Look-ups that are under way at once. */
const CONCURRENCY = 16

/** The newest deliveries that failed. An index that fits into one answer (1 MB) is read as a whole, a larger one by its keys. */
export async function newestFailed(deliveries: Deliveries, failures: Failures, now = Date.now()): Promise<Summary[]> {
  const entries = await readWhole(deliveries, failures)
  if (entries === undefined) return newestByDay(deliveries, failures, now)
  const summaries = await readRows(deliveries, 'failed', entries)
  return newestFirst(
    summaries.filter((summary) => summary !== undefined),
    failures,
  )
}

/** The newest entries of the index; undefined where it is too large. */
async function readWhole({ client, name }: Deliveries, failures: Failures): Promise<Entry[] | undefined> {
  const { partition, sort } = INDEXES.failed
  const { Items = [], LastEvaluatedKey } = await client.send(
    new ScanCommand({
      TableName: name,
      IndexName: 'failed',
      FilterExpression: `${sort} > :since`,
      ExpressionAttributeValues: itemOf({ ':since': new Date(failures.since).toISOString() }),
    }),
  )
  if (LastEvaluatedKey !== undefined) return undefined
  return Items.map((item) => ({
    ...{ pk: item.pk?.S ?? '', sk: item.sk?.S ?? '', sort: item[sort]?.S ?? '' },
    ...{ partition: item[partition]?.S ?? '', shard: 0 },
  }))
    .filter((entry) => {
      const [provider = '', status = ''] = entry.partition.split('#')
      return failures.providers.includes(provider) && failures.statuses.some((own) => own === status)
    })
    .toSorted((one, other) => (one.sort < other.sort ? 1 : -1))
    .slice(0, failures.limit)
}

/** Of tomorrow, since a provider's clock may be ahead of ours, then of today and of yesterday while those are too few: each day's are newer. */
async function newestByDay(deliveries: Deliveries, failures: Failures, now: number): Promise<Summary[]> {
  const { providers, statuses, since, limit } = failures
  const failed: Summary[] = []
  for (const day of new Set([now + DAY, now, since].map((moment) => new Date(moment).toISOString().slice(0, 10)))) {
    if (failed.length >= limit) break
    const questions = providers.flatMap((provider) => statuses.map((status) => ({ provider, status, day })))
    const found = await pMap(questions, (question) => findDeliveries(deliveries, question, limit), {
      concurrency: CONCURRENCY,
    })
    failed.push(...found.flatMap(({ summaries }) => summaries))
  }
  return newestFirst(failed, failures)
}

const newestFirst = (summaries: readonly Summary[], { since, limit }: Failures): Summary[] =>
  summaries
    .filter(({ statusAt }) => Date.parse(statusAt ?? '') > since)
    .toSorted((one, other) => ((one.statusAt ?? '') < (other.statusAt ?? '') ? 1 : -1))
    .slice(0, limit)
