import {
  type CloudWatchClient,
  GetMetricDataCommand,
  type MetricDataQuery,
  type MetricDataResult,
} from '@aws-sdk/client-cloudwatch'
import { type CloudWatchLogsClient, FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs'
import type { Count, Note, Observations, Range, UnmappedWord } from './observations.ts'
import { UNMAPPED } from './telemetry.ts'

const DAY = 24 * 60 * 60 * 1000

/** Pages of log lines that are read at most, the newest first: a few words are missing in a table, not thousands. */
const MAX_PAGES = 10

/** Before it, lines cannot be read newest first: https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_FilterLogEvents.html */
const FIRST_DAY = Date.UTC(2024, 0, 1)

const YOUNG =
  'CloudWatch finds a metric up to 15 minutes after its first value, and for two weeks after its last: what is new or old may be missing.'
const STATUSES_OFF = 'Statuses are not counted: set statusMetrics in the stage’s configuration.'
const METRICS_CUT = 'CloudWatch did not return all metrics: the true counts are higher. Choose a shorter time range.'
const LOG_CUT =
  'Only the newest part of the log was searched for statuses that are not mapped. Choose a shorter time range for the rest.'

/** Where the metrics and the log lines of one stack are. */
export interface Sources {
  cloudWatch: CloudWatchClient
  logs: CloudWatchLogsClient
  /** What the stack's functions call themselves. */
  service: string
  /** The worker's. */
  logGroup: string
  /** Whether statuses are counted by channel. */
  statusMetrics: boolean
}

/** What CloudWatch has of a stack; a range's ends are rounded to its period. */
export const cloudWatchObservations = ({
  cloudWatch,
  logs,
  service,
  logGroup,
  statusMetrics,
}: Sources): Observations => ({
  async counts(range, note) {
    const dimensions = [['provider'], ...(statusMetrics ? [['channel', 'provider']] : [])]
    const searches = dimensions.map((own) => searchOf(service, own, range))
    const answers = await Promise.all(searches.map((query) => readMetrics(cloudWatch, query, range)))
    const counts = answers.flatMap(({ results }) => results.flatMap(countOf))
    if (!answers.every(({ isComplete }) => isComplete)) note(METRICS_CUT)
    if (counts.length === 0) note(YOUNG)
    else if (!statusMetrics) note(STATUSES_OFF)
    return counts
  },
  unmapped: (range, note) => readUnmapped(logs, logGroup, range, note),
})

/** All metrics of the service that have these dimensions, and no others; each result is labelled with its name and them. */
function searchOf(service: string, own: string[], range: Range): MetricDataQuery {
  const schema = ['DeliveryLedger', ...own, 'service'].join(',')
  return {
    Id: 'counts',
    Expression: `SEARCH('{${schema}} service="${service}"', 'Sum', ${periodOf(range)})`,
    Label: ['MetricName', ...own.toReversed().map((name) => `Dim.${name}`)]
      .map((name) => `\${PROP('${name}')}`)
      .join(' '),
  }
}

async function readMetrics(client: CloudWatchClient, query: MetricDataQuery, { start, end }: Range) {
  const results: MetricDataResult[] = []
  /** Of each metric the latest: what goes on with the next page is partial before. */
  const states = new Map<string | undefined, string | undefined>()
  let hasMessages = false
  let NextToken: string | undefined
  do {
    const page = await client.send(
      new GetMetricDataCommand({
        StartTime: new Date(start),
        EndTime: new Date(end),
        MetricDataQueries: [query],
        NextToken,
      }),
    )
    results.push(...(page.MetricDataResults ?? []))
    for (const { Label, StatusCode } of page.MetricDataResults ?? []) states.set(Label, StatusCode)
    hasMessages ||= (page.Messages ?? []).length > 0
    NextToken = page.NextToken
  } while (NextToken !== undefined)
  return { results, isComplete: !hasMessages && [...states.values()].every((state) => state === 'Complete') }
}

/** Seconds. Older data is kept in coarser periods: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricData.html */
function periodOf({ start, end }: Range): number {
  if (Date.now() - start > 15 * DAY) return 3_600
  return end - start > DAY / 4 ? 300 : 60
}

function countOf({ Label = '', Values = [] }: MetricDataResult): Count | [] {
  const [name = '', provider = '', channel] = Label.split(' ')
  const times = Values.reduce((sum, value) => sum + value, 0)
  return times === 0 ? [] : { name, provider, times, ...(channel && { channel }) }
}

async function readUnmapped(client: CloudWatchLogsClient, logGroupName: string, { start, end }: Range, note: Note) {
  const words = new Map<string, number>()
  let nextToken: string | undefined
  for (let page = 0; page < MAX_PAGES; page++) {
    const found = await client.send(
      new FilterLogEventsCommand({
        logGroupName,
        filterPattern: `{ $.message = "${UNMAPPED}" }`,
        startTime: Math.max(start, FIRST_DAY),
        endTime: end,
        startFromHead: false,
        nextToken,
      }),
    )
    for (const { message = '' } of found.events ?? [])
      for (const [word, times] of Object.entries(wordsOf(message))) words.set(word, (words.get(word) ?? 0) + times)
    nextToken = found.nextToken
    if (nextToken === undefined) break
  }
  if (nextToken !== undefined) note(LOG_CUT)
  return [...words].map(([word, times]) => wordOf(word, times))
}

function wordsOf(line: string): Record<string, number> {
  try {
    return JSON.parse(line).words ?? {}
  } catch {
    return {}
  }
}

/** `octopush TELEPORTED` */
function wordOf(text: string, times: number): UnmappedWord {
  const [provider = '', ...word] = text.split(' ')
  return { provider, word: word.join(' '), times }
}
