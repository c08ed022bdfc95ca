import { Duration, NestedStack } from 'aws-cdk-lib'
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
import { resourceName, sourceOf } from '../functions/domain/source.ts'
import type { Configuration } from './configuration.ts'
import { watchesForOverdue } from './deliveries.ts'
import { type LedgerMetrics, ledgerMetrics, OUTCOMES, successes, sum } from './metrics.ts'
import { FIVE_MINUTES, type Watch, type Watched } from './watched.ts'
import { webhookWatches } from './webhook-alarms.ts'

const REFUSED_SPIKE = 100
const NOT_FOUND_AN_HOUR = 10
/** The most metrics of an alarm on metric math: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_limits.html */
const METRICS_IN_AN_ALARM = 10
const OLDEST_SECONDS = 15 * 60
const BEHIND_MS = 15 * 60 * 1_000
const OVERDUE_AN_HOUR = 10

/**
 * CloudFormation takes 500 resources in a stack, and a provider is fifteen of them, seven of which are alarms. A stage with more providers
 * has its alarms in a nested stack.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html
 */
const MOST_PROVIDERS = 20

const mayExceed = ({ ingress }: Watched): boolean => Object.keys(ingress.receivers).length > MOST_PROVIDERS

/** Creates every alarm. Each notifies the topic when it goes into ALARM and when it is OK again. */
export function createAlarms(scope: Construct, topic: ITopic, watched: Watched): Alarm[] {
  const watches = [
    ...pipelineWatches(watched),
    ...deliveryWatches(watched),
    ...eventWatches(watched),
    ...webhookWatches(watched),
    ...Object.keys(watched.ingress.receivers).flatMap((id) => providerWatches(id, watched)),
  ]
  const wanted = watches.filter(
    ({ metric }) => !(watched.configuration.plainAlarmsOnly && metric instanceof MathExpression),
  )
  const place = mayExceed(watched) ? new NestedStack(scope, 'AlarmStack') : scope
  return wanted.map(({ id, metric, threshold, below, periods = 1, description }) => {
    const alarm = new Alarm(place, id, {
      metric,
      threshold,
      evaluationPeriods: periods,
      comparisonOperator: below ? ComparisonOperator.LESS_THAN_THRESHOLD : ComparisonOperator.GREATER_THAN_THRESHOLD,
      // Missing data is fine, except for silence, which it proves.
      treatMissingData: below ? TreatMissingData.BREACHING : TreatMissingData.NOT_BREACHING,
      alarmDescription: description,
    })
    alarm.addAlarmAction(new SnsAction(topic))
    alarm.addOkAction(new SnsAction(topic))
    return alarm
  })
}

function pipelineWatches(watched: Watched): Watch[] {
  const { serviceName, tables, pipeline, ingress } = watched
  const { queue, deadLetters, worker } = pipeline
  const total = { statistic: Stats.SUM, period: FIVE_MINUTES }
  return [
    {
      id: 'DeadLetters',
      metric: deadLetters.metricApproximateNumberOfMessagesVisible({ statistic: Stats.MAXIMUM, period: FIVE_MINUTES }),
      threshold: 0,
      description:
        'Messages were received 200 times without success and are in the dead-letter queue, until 14 days after they arrived. Look at the worker’s log for the cause, fix it, then redrive the dead-letter queue.',
    },
    {
      id: 'Returned',
      metric: ledgerMetrics(serviceName).common('returned', Stats.SUM),
      threshold: 0,
      periods: 3,
      description:
        'For 15 minutes messages went back to the queue; each comes again after three minutes, for ten hours. Look at the causes in the worker’s log, then at the tables’ throttles and the worker’s rights.',
    },
    {
      id: 'OldestMessage',
      metric: queue.metricApproximateAgeOfOldestMessage({ statistic: Stats.MAXIMUM, period: FIVE_MINUTES }),
      threshold: OLDEST_SECONDS,
      periods: 2,
      description:
        'A callback waits for more than 15 minutes to be received: the worker is throttled or too slow; nothing is lost for 14 days. Look at the worker’s throttles, then raise workerConcurrency or set a larger batch.',
    },
    {
      id: 'ServerErrors',
      metric: ingress.api.metricServerError({ ...total }),
      threshold: 0,
      description:
        'Callers got 5xx, and providers send again. Look at the receivers’ throttles, which do not appear in their logs; then at their logs: the queue or a secret could not be reached, or a function is broken.',
    },
    ...receiverThrottles(watched),
    ...unserved(watched),
    {
      id: 'WorkerErrors',
      metric: worker.metricErrors(total),
      threshold: 0,
      description:
        'The worker threw, timed out or ran out of memory; its batch comes again. Look at the worker’s log and roll the last deployment back if it began there.',
    },
    {
      id: 'WorkerThrottles',
      metric: worker.metricThrottles(total),
      threshold: 0,
      periods: 3,
      description:
        'Lambda throttles the worker for 15 minutes: the account’s concurrency is used up. Raise it, or lower workerConcurrency so that the receivers get their share; callbacks wait in the queue meanwhile. Look at the account’s concurrency first.',
    },
    ...Object.entries({ Ledger: tables.ledger, Quarantine: tables.quarantine }).map(([name, table]) => ({
      id: `${name}Throttles`,
      metric: table.metric('WriteThrottleEvents', total),
      threshold: 0,
      periods: 3,
      description: `DynamoDB throttles writes to the ${name.toLowerCase()} table for 15 minutes; the worker waits, and what takes too long goes back to the queue. Look at whether one message gets all the records; if not, lower workerConcurrency.`,
    })),
  ]
}

function deliveryWatches({ deliveries: { parked, follower, sweeper } }: Watched): Watch[] {
  return [
    {
      id: 'Parked',
      metric: parked.metricApproximateNumberOfMessagesVisible({ statistic: Stats.MAXIMUM, period: FIVE_MINUTES }),
      threshold: 0,
      description:
        'The follower could not bring deliveries up to date, and parked the keys of their records for 14 days; the ledger has the records. Look at the follower’s log for the cause, fix it, then ledger project --parked brings the deliveries up to date and empties the queue.',
    },
    {
      id: 'FollowerErrors',
      metric: follower.metricErrors({ statistic: Stats.SUM, period: FIVE_MINUTES }),
      threshold: 0,
      description:
        'The follower threw, timed out or ran out of memory; its batch is tried again for up to 24 hours, and deliveries are out of date meanwhile. Look at its log and roll the last deployment back if it began there.',
    },
    {
      id: 'FollowerBehind',
      metric: follower.metric('IteratorAge', { statistic: Stats.MAXIMUM, period: FIVE_MINUTES }),
      threshold: BEHIND_MS,
      description:
        'The follower is more than 15 minutes behind the ledger, whose stream keeps records for 24 hours. Look at its errors and throttles, then at the throttles of the deliveries table; raise followersPerShard where it is merely slow.',
    },
    ...(sweeper === undefined
      ? []
      : [
          {
            id: 'SweeperStopped',
            metric: successes(sweeper, Duration.minutes(15)),
            threshold: 1,
            below: true as const,
            description:
              'No sweep has succeeded for 15 minutes, so nothing is marked as overdue; the next one that succeeds catches up. Look at the sweeper’s log, then whether its rule is enabled in EventBridge.',
          },
        ]),
  ]
}

function eventWatches({ events }: Watched): Watch[] {
  if (events === undefined) return []
  return [
    {
      id: 'PublisherErrors',
      metric: events.publisher.metricErrors({ statistic: Stats.SUM, period: FIVE_MINUTES }),
      threshold: 0,
      description:
        'The publisher could not publish all events of a batch; it is tried again for up to 24 hours. Look at its log, then at the topic’s policy and key.',
    },
    {
      id: 'PublisherBehind',
      metric: events.publisher.metric('IteratorAge', { statistic: Stats.MAXIMUM, period: FIVE_MINUTES }),
      threshold: BEHIND_MS,
      description:
        'Subscribers are told of where deliveries stand more than 15 minutes late; the stream keeps changes for 24 hours. Look at the publisher’s errors and throttles.',
    },
  ]
}

/** Throttled calls do not run, so they leave nothing in a log. */
function receiverThrottles({ ingress }: Watched): Watch[] {
  const throttles = Object.values(ingress.receivers).map((receiver) =>
    receiver.metricThrottles({ period: FIVE_MINUTES }),
  )
  return batchesOf(throttles, METRICS_IN_AN_ALARM).map((metrics, index) => ({
    id: `ReceiverThrottles${index === 0 ? '' : index + 1}`,
    metric: sum(metrics, 'throttles'),
    threshold: 0,
    description:
      'Lambda throttles receivers, and callers get 503: the account’s concurrency is used up. Raise the account’s quota of concurrent executions (a new account has 10), or lower workerConcurrency. Look at ConcurrentExecutions in CloudWatch for who else uses it.',
  }))
}

/** Requests that API Gateway answers itself, so that no function counts them. */
function unserved({ configuration: { throttle }, ingress: { unserved } }: Watched): Watch[] {
  if (unserved === undefined) return []
  return [
    {
      id: 'Throttled',
      metric: unserved.throttled,
      threshold: 0,
      description: `Callers got 429: more than ${throttle.rate} requests a second, or the account’s share of API Gateway. A provider that does not send again loses statuses. Look at the access log for who sends so many, and raise throttle.`,
    },
    {
      id: 'NotFound',
      metric: unserved.notFound.with({ period: Duration.hours(1) }),
      threshold: NOT_FOUND_AN_HOUR,
      description: `More than ${NOT_FOUND_AN_HOUR} requests in an hour asked for a path that does not exist, and got 404. Look at the callback URLs in the providers’ consoles: each must be as the stack’s outputs have it.`,
    },
  ]
}

function providerWatches(provider: string, { configuration, serviceName, ingress }: Watched): Watch[] {
  const metrics = ledgerMetrics(serviceName)
  const name = resourceName(provider)
  const { provider: id } = sourceOf(provider)
  const silence = configuration.silenceMinutes[id]
  const receiver = ingress.receivers[provider] as IFunction
  // Callbacks in progress when an hour ends are counted in the next one: up to one in a thousand is no difference.
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
      description: `Callbacks of ${provider} could not be read and are in quarantine, for 90 days. List them (GET /v1/quarantine?provider=${id}), fix the mapping, deploy it and replay them.`,
    },
    {
      id: `${name}Unmapped`,
      metric: metrics.counted(provider, 'unmapped'),
      threshold: 0,
      description: `${provider} uses a status that no table has; it is kept as unknown with the raw word. Find the word in the worker’s log and add it to the table in functions/providers/${id}/.`,
    },
    {
      id: `${name}OutcomeDifference`,
      metric: difference,
      threshold: 0,
      periods: 2,
      description: `For two hours the receiver of ${provider} took more callbacks than have an outcome. Look at the dead-letter queue and the age of the oldest message first, then for workers that ended early.`,
    },
  ]
  if (watchesForOverdue(configuration)) watches.push(overdueWatch(provider, name, metrics, configuration))
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

/** Of each provider: metric math in an alarm has ten metrics, too few for a sum over all. */
function overdueWatch(provider: string, name: string, metrics: LedgerMetrics, { overdueShare }: Configuration): Watch {
  const period = Duration.hours(1)
  return {
    id: `${name}OverdueShare`,
    metric: new MathExpression({
      expression: `IF(FILL(overdue, 0) >= ${OVERDUE_AN_HOUR} AND FILL(overdue, 0) > ${overdueShare} * FILL(deliveries, 0), FILL(overdue, 0), 0)`,
      usingMetrics: {
        overdue: metrics.counted(provider, 'overdue', period),
        deliveries: metrics.counted(provider, 'deliveries', period),
      },
      label: 'overdue',
      period,
    }),
    threshold: 0,
    description: `In an hour more deliveries of ${provider} became overdue than ${Math.round(overdueShare * 1_000) / 10} % of its new ones, and at least ${OVERDUE_AN_HOUR}. List them (GET /v1/deliveries?overdue=true&provider=${sourceOf(provider).provider}); ask ${provider} whether it still sends, or sends no final status on that route.`,
  }
}

const batchesOf = <T>(all: readonly T[], size: number): T[][] =>
  Array.from({ length: Math.ceil(all.length / size) }, (_, batch) => all.slice(batch * size, (batch + 1) * size))
