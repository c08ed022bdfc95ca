import { Duration } from 'aws-cdk-lib'
import {
  Alarm,
  ComparisonOperator,
  type IMetric,
  MathExpression,
  Stats,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch'
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions'
import type { IFunction } from 'aws-cdk-lib/aws-lambda'
import type { ITopic } from 'aws-cdk-lib/aws-sns'
import type { Construct } from 'constructs'
import type { Configuration } from './configuration.ts'
import type { Console } from './console.ts'
import type { Ingress } from './ingress.ts'
import type { LedgerTables } from './ledger-table.ts'
import { ledgerMetrics, OUTCOMES } from './metrics.ts'
import type { Pipeline } from './pipeline.ts'

/** What is watched. */
export interface Watched {
  configuration: Configuration
  serviceName: string
  tables: LedgerTables
  pipeline: Pipeline
  ingress: Ingress
  console: Console
}

interface Watch {
  id: string
  metric: IMetric
  /** The alarm turns above it, or below it where `below` is set. */
  threshold: number
  below?: true
  /** Periods in a row. */
  periods?: number
  /** What it means, and what to do first. */
  description: string
}

const FIVE_MINUTES = Duration.minutes(5)
const REFUSED_SPIKE = 100
const OLDEST_SECONDS = 15 * 60

/** Creates every alarm, each of which tells the topic when it turns and when it is over. */
export function createAlarms(scope: Construct, topic: ITopic, watched: Watched): Alarm[] {
  const watches = [
    ...pipelineWatches(watched),
    ...Object.keys(watched.ingress.receivers).flatMap((id) => providerWatches(id, watched)),
  ]
  const wanted = watches.filter(
    ({ metric }) => !(watched.configuration.plainAlarmsOnly && metric instanceof MathExpression),
  )
  return wanted.map(({ id, metric, threshold, below, periods = 1, description }) => {
    const alarm = new Alarm(scope, id, {
      metric,
      threshold,
      evaluationPeriods: periods,
      comparisonOperator: below ? ComparisonOperator.LESS_THAN_THRESHOLD : ComparisonOperator.GREATER_THAN_THRESHOLD,
      // No data is no trouble, but for silence, where it is the trouble.
      treatMissingData: below ? TreatMissingData.BREACHING : TreatMissingData.NOT_BREACHING,
      alarmDescription: description,
    })
    alarm.addAlarmAction(new SnsAction(topic))
    alarm.addOkAction(new SnsAction(topic))
    return alarm
  })
}

function pipelineWatches({ tables, pipeline, ingress }: Watched): Watch[] {
  const { queue, deadLetters, worker } = pipeline
  const sum = { statistic: Stats.SUM, period: FIVE_MINUTES }
  return [
    {
      id: 'DeadLetters',
      metric: deadLetters.metricApproximateNumberOfMessagesVisible({ statistic: Stats.MAXIMUM, period: FIVE_MINUTES }),
      threshold: 0,
      description:
        'Messages could not be worked off and lie in the dead-letter queue, for 14 days. Look at the worker’s log for the cause, mend it, then redrive the dead-letter queue.',
    },
    {
      id: 'OldestMessage',
      metric: queue.metricApproximateAgeOfOldestMessage({ statistic: Stats.MAXIMUM, period: FIVE_MINUTES }),
      threshold: OLDEST_SECONDS,
      periods: 2,
      description:
        'A callback waits for longer than 15 minutes: the worker fails, is throttled or is too slow. Look at the worker’s errors and throttles, then at the table’s throttles; nothing is lost for 14 days.',
    },
    {
      id: 'ServerErrors',
      metric: ingress.api.metricServerError({ ...sum }),
      threshold: 0,
      description:
        'Callers got 5xx, and providers send again. Look at the receivers’ logs: the queue or a secret could not be reached, or a function is broken.',
    },
    {
      id: 'WorkerErrors',
      metric: worker.metricErrors(sum),
      threshold: 0,
      description:
        'The worker threw, timed out or ran out of memory; its batch comes again. Look at the worker’s log and roll the last deployment back if it began there.',
    },
    {
      id: 'WorkerThrottles',
      metric: worker.metricThrottles(sum),
      threshold: 0,
      periods: 3,
      description:
        'Lambda throttles the worker for 15 minutes. Raise the account’s concurrency, or lower workerConcurrency so that others get their share.',
    },
    ...Object.entries({ Ledger: tables.ledger, Quarantine: tables.quarantine }).map(([name, table]) => ({
      id: `${name}Throttles`,
      metric: table.metric('WriteThrottleEvents', sum),
      threshold: 0,
      periods: 3,
      description: `DynamoDB throttles writes to the ${name.toLowerCase()} table for 15 minutes; callbacks wait in the queue meanwhile. Look whether one message gets all the records, else lower workerConcurrency.`,
    })),
  ]
}

function providerWatches(provider: string, { configuration, serviceName, ingress }: Watched): Watch[] {
  const metrics = ledgerMetrics(serviceName)
  const name = provider.charAt(0).toUpperCase() + provider.slice(1)
  const silence = configuration.silenceMinutes[provider]
  const receiver = ingress.receivers[provider] as IFunction
  // What is under way when an hour ends is counted in the next one: up to a second's worth of callbacks is none amiss.
  const difference = new MathExpression({
    expression: 'IF(admitted - outcomes > admitted / 1000, admitted - outcomes, 0)',
    usingMetrics: {
      admitted: metrics.admitted(provider, receiver, Duration.hours(1)),
      outcomes: metrics.total([provider], OUTCOMES, 'outcomes'),
    },
    label: 'taken without an outcome',
    period: Duration.hours(1),
  })
  const watches: Watch[] = [
    {
      id: `${name}ReceiverErrors`,
      metric: ingress.receivers[provider]?.metricErrors({ statistic: Stats.SUM, period: FIVE_MINUTES }) as IMetric,
      threshold: 0,
      description: `The receiver of ${provider} threw or timed out, and ${provider} got 5xx. Look at its log and roll the last deployment back if it began there.`,
    },
    {
      id: `${name}Refused`,
      metric: metrics.counted(provider, 'refused'),
      threshold: REFUSED_SPIKE,
      description: `More than ${REFUSED_SPIKE} requests to the URL of ${provider} were refused in five minutes. Look at the reasons on the dashboard: a key that was rotated on one side only, or a stranger.`,
    },
    {
      id: `${name}Quarantined`,
      metric: metrics.counted(provider, 'quarantined'),
      threshold: 0,
      description: `Callbacks of ${provider} could not be read and are in quarantine, for 90 days. List them (GET /v1/quarantine?provider=${provider}), mend the mapping, deploy it and replay them.`,
    },
    {
      id: `${name}Unmapped`,
      metric: metrics.counted(provider, 'unmapped'),
      threshold: 0,
      description: `${provider} uses a status that no table has; it is kept as unknown with the raw word. Find the word in the worker’s log and add it to the table in functions/providers/${provider}/.`,
    },
    {
      id: `${name}OutcomeDifference`,
      metric: difference,
      threshold: 0,
      periods: 2,
      description: `For two hours the receiver of ${provider} took more callbacks than came to an end. Look at the dead-letter queue and the age of the oldest message first, then for workers that died.`,
    },
  ]
  if (silence === undefined) return watches
  return [
    ...watches,
    {
      id: `${name}Silence`,
      metric: metrics.counted(provider, 'accepted'),
      threshold: 1,
      below: true,
      periods: Math.ceil(silence / FIVE_MINUTES.toMinutes()),
      description: `No callback of ${provider} came for ${silence} minutes. Look at its status page and at the callback URL in its console, then whether anything was sent at all.`,
    },
  ]
}
