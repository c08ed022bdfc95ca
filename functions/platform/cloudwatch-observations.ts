import {
  type CloudWatchClient,
  GetMetricDataCommand,
  type MetricDataQuery,
  type MetricDataResult,
} from '@aws-sdk/client-cloudwatch'
import { type CloudWatchLogsClient, FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs'
import type { Count, Observations, Range, UnmappedWord } from './observations.ts'
import { UNMAPPED } from './telemetry.ts'

const DAY = 24 * 60 * 60 * 1000

/** Pages of log lines that are read at most: a table lacks a few words, not thousands. */
const MAX_PAGES = 10

/** Where the metrics and the log lines of one stack are. */
export interface Sources {
  cloudWatch: CloudWatchClient
  logs: CloudWatchLogsClient
  /** What the stack's functions call themselves. */
  service: string
  /** The worker's. */
  logGroup: string
}

/** What CloudWatch has of a stack; a range's ends are rounded to its period. */
export const cloudWatchObservations = ({ cloudWatch, logs, service, logGroup }: Sources): Observations => ({
  async counts(range) {
    const searches = [['provider'], ['channel', 'provider']].map((own) => searchOf(service, own, range))
    const results = await Promise.all(searches.map((query) => readMetrics(cloudWatch, query, range)))
    return results.flat().flatMap(countOf)
  },
  unmapped: (range) => readUnmapped(logs, logGroup, range),
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
    NextToken = page.NextToken
  } while (NextToken !== undefined)
  return results
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

async function readUnmapped(client: CloudWatchLogsClient, logGroupName: string, { start, end }: Range) {
  const words = new Map<string, number>()
  let nextToken: string | undefined
  for (let page = 0; page < MAX_PAGES; page++) {
    const found = await client.send(
      new FilterLogEventsCommand({
        logGroupName,
        filterPattern: `{ $.message = "${UNMAPPED}" }`,
        startTime: start,
        endTime: end,
        nextToken,
      }),
    )
    for (const { message = '' } of found.events ?? [])
      for (const [word, times] of Object.entries(wordsOf(message))) words.set(word, (words.get(word) ?? 0) + times)
    nextToken = found.nextToken
    if (nextToken === undefined) break
  }
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
