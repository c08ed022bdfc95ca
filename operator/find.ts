import pMap from 'p-map'
import { nationalHint } from '../functions/console/national.ts'
import { providersOf, sourceName } from '../functions/domain/source.ts'
import { kindOf } from '../functions/domain/standing.ts'
import { STATUSES, type Status } from '../functions/domain/status.ts'
import type { Summary } from '../functions/domain/summary.ts'
import { findDeliveries, type Question } from '../functions/platform/lookups.ts'
import { filledTable } from '../local/table.ts'
import type { Output } from './output.ts'
import type { Target } from './target.ts'

/** The statuses by which deliveries are looked up. */
export const FAILURES = (Object.keys(STATUSES) as Status[]).filter((status) => kindOf(status) === 'failure')

/** Which failed deliveries to list: those of all statuses, or providers, where none is named. */
export interface Failed {
  status?: Status | undefined
  provider?: string | undefined
  /** Milliseconds since 1970. */
  since: number
  limit: number
}

const DAY = 86_400_000

/** Questions that are asked at once. */
const CONCURRENCY = 16

/** The moments that lists are sorted by, newest first. */
type Moment = 'firstAt' | 'statusAt' | 'overdueSince'

const COLUMNS: Record<string, (delivery: Summary) => string> = {
  statusAt: ({ statusAt }) => statusAt ?? '',
  provider: (summary) => sourceName(summary),
  messageId: ({ messageId }) => messageId,
  recipient: ({ recipient, part }) => [recipient, part !== null && `part ${part}`].filter(Boolean).join(' '),
  channel: ({ channel }) => channel ?? '',
  status: ({ status, final }) => (status === null ? 'expected' : final ? `${status} (final)` : status),
  error: ({ error }) => [error?.code, error?.message].filter(Boolean).join(', '),
  reference: ({ reference }) => reference ?? '',
  campaign: ({ campaign }) => campaign ?? '',
  sentAt: ({ sentAt }) => sentAt ?? '',
  overdueSince: ({ overdueSince }) => overdueSince ?? '',
}

/** Lists the deliveries of a recipient, reference or campaign, newest first; gives true where there are some. */
export async function find(
  { deliveries }: Target,
  output: Output,
  question: Question,
  limit: number,
): Promise<boolean> {
  const { summaries, next } = await findDeliveries(deliveries, question, limit)
  const hint = nationalHint(('recipient' in question && question.recipient) || '')
  show(output, summaries, 'firstAt', { hasMore: next !== null, nothing: `nothing found${hint && `.${hint}`}` })
  return summaries.length > 0
}

/** Lists what failed, newest first. */
export async function findFailed(
  { deliveries, providers }: Target,
  output: Output,
  { status, provider, since, limit }: Failed,
): Promise<void> {
  const ofDay = (day: string) =>
    providersOf(provider === undefined ? providers : [provider]).flatMap((provider) =>
      (status === undefined ? FAILURES : [status]).map((status): Question => ({ provider, status, day })),
    )
  const first = new Date(since).toISOString()
  const found: Summary[] = []
  const days = daysSince(since)
  let [asked, hasMore] = [0, false]
  for (; asked < days.length && found.length < limit; asked++) {
    const questions = ofDay(days[asked] as string)
    const answers = await pMap(questions, (question) => findDeliveries(deliveries, question, limit), {
      concurrency: CONCURRENCY,
    })
    hasMore = answers.some(({ next }) => next !== null)
    const own = answers.flatMap(({ summaries }) => summaries).filter(({ statusAt }) => (statusAt ?? '') >= first)
    found.push(...newestFirst(own, 'statusAt'))
    output.progress(asked + 1, days.length)
  }
  hasMore ||= asked < days.length || found.length > limit
  show(output, found.slice(0, limit), 'statusAt', { hasMore, nothing: 'nothing failed' })
}

/** Lists what is overdue, newest first. */
export async function findOverdue(
  { deliveries, providers }: Target,
  output: Output,
  { provider, limit }: Pick<Failed, 'provider' | 'limit'>,
): Promise<void> {
  const answers = await pMap(
    providersOf(provider === undefined ? providers : [provider]),
    (provider) => findDeliveries(deliveries, { overdue: true, provider }, limit),
    { concurrency: CONCURRENCY },
  )
  const found = newestFirst(
    answers.flatMap(({ summaries }) => summaries),
    'overdueSince',
  )
  const hasMore = found.length > limit || answers.some(({ next }) => next !== null)
  show(output, found.slice(0, limit), 'overdueSince', { hasMore, nothing: 'nothing is overdue' })
}

/** Deliveries, for people: one row for each, without empty columns; the first is what they are sorted by. */
export const deliveryTable = (summaries: readonly Summary[], moment: Moment): string =>
  filledTable({ [moment]: (summary: Summary) => summary[moment] ?? '', ...COLUMNS }, summaries)

function show(
  { print, printJson }: Output,
  summaries: readonly Summary[],
  moment: Moment,
  { hasMore, nothing }: { hasMore: boolean; nothing: string },
): void {
  for (const summary of summaries) printJson(summary)
  print(summaries.length === 0 ? nothing : deliveryTable(summaries, moment))
  if (hasMore) print('there are more: --limit')
}

const newestFirst = (summaries: readonly Summary[], field: Moment): Summary[] =>
  summaries.toSorted((a, b) => ((a[field] ?? '') < (b[field] ?? '') ? 1 : -1))

/** The days since a moment, in UTC, newest first: until tomorrow, since a provider's clock may be ahead of ours. */
function daysSince(since: number): string[] {
  const days: string[] = []
  for (let day = since - (since % DAY); day <= Date.now() + DAY; day += DAY)
    days.unshift(new Date(day).toISOString().slice(0, 10))
  return days
}
