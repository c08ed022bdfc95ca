import { Aws, CfnMapping, CfnOutput, Duration, Stack } from 'aws-cdk-lib'
import {
  Column,
  CustomWidget,
  Dashboard,
  GraphWidget,
  type IMetric,
  type IWidget,
  MathExpression,
  SingleValueWidget,
  Stats,
  TextWidget,
} from 'aws-cdk-lib/aws-cloudwatch'
import type { Construct } from 'constructs'
import { TOLD_WIDGET, updateOn, WIDGETS } from '../functions/console/widgets.ts'
import { watchesForOverdue } from './deliveries.ts'
import { ledgerMetrics, metricId, OUTCOMES, sum } from './metrics.ts'
import type { Watched } from './watched.ts'
import type { Webhook } from './webhook.ts'

/**
 * List prices in us-east-1, dollars per million, seen in November 2026: an HTTP API request, a Lambda request, an SQS request, a
 * DynamoDB on-demand write of 1 KB. Duration, storage and logs are not included.
 * https://aws.amazon.com/api-gateway/pricing/, …/lambda/pricing/, …/sqs/pricing/, …/dynamodb/pricing/on-demand/
 */
const PRICES = { request: 1, invocation: 0.2, queueRequest: 0.4, write: 0.625 }

/** The host of the AWS console, by partition. */
const CONSOLES = {
  aws: { host: 'console.aws.amazon.com' },
  'aws-cn': { host: 'console.amazonaws.cn' },
  'aws-us-gov': { host: 'console.amazonaws-us-gov.com' },
}

const FULL = 24
const HEIGHT = 6

/** The dashboard of a stack: the console, then questions, top to bottom. */
export function createDashboard(scope: Construct, watched: Watched): Dashboard {
  const dashboard = new Dashboard(scope, 'Dashboard', { defaultInterval: Duration.hours(12) })
  const sections = {
    'What became of a message?': lookups,
    'Is anything lost or stuck?': loss,
    'Is each provider alive?': liveness,
    'Where do deliveries stand?': standing,
    ...(watched.webhooks && { 'Are endpoints sent their events?': telling }),
    'What do messages end as?': endings,
    'How fast are we?': speed,
    'What does it cost?': cost,
  }
  for (const [question, widgets] of Object.entries(sections)) {
    dashboard.addWidgets(new TextWidget({ markdown: `## ${question}`, width: FULL, height: 1 }))
    dashboard.addWidgets(...widgets(watched))
  }
  const consoles = new CfnMapping(scope, 'Consoles', { mapping: CONSOLES })
  new CfnOutput(Stack.of(scope), 'DashboardUrl', {
    value: `https://${Aws.REGION}.${consoles.findInMap(Aws.PARTITION, 'host')}/cloudwatch/home?region=${Aws.REGION}#dashboards/dashboard/${dashboard.dashboardName}`,
  })
  return dashboard
}

const graph = (title: string, left: IMetric[], width: number, options: { stacked?: boolean; right?: IMetric[] } = {}) =>
  new GraphWidget({ title, left, width, height: HEIGHT, ...options })

const FIVE_MINUTES = { period: Duration.minutes(5) }

function lookups({ console: { functions }, webhooks }: Watched): IWidget[] {
  const arns = Object.fromEntries(Object.entries(functions).map(([right, lambda]) => [right, lambda.functionArn]))
  const columns = Map.groupBy(webhooks ? [...WIDGETS, TOLD_WIDGET] : WIDGETS, ({ x }) => x)
  return [...columns.values()].map(
    (widgets) =>
      new Column(
        ...widgets.map(({ title, show, width, height }) => {
          const { refresh, resize, timeRange } = updateOn(show)
          return new CustomWidget({
            title,
            functionArn: functions.view.functionArn,
            params: { show, functions: arns },
            updateOnRefresh: refresh,
            updateOnResize: resize,
            updateOnTimeRangeChange: timeRange,
            width,
            height,
          })
        }),
      ),
  )
}

function loss({ serviceName, pipeline, ingress }: Watched): IWidget[] {
  const metrics = ledgerMetrics(serviceName)
  const providers = Object.keys(ingress.receivers)
  const taken = Object.entries(ingress.receivers).map(([id, receiver]) => metrics.admitted(id, receiver))
  const outcomes = OUTCOMES.map((name) => metrics.total(providers, [name], name))
  return [
    new SingleValueWidget({
      title: 'Dead letters, oldest message (s), returned to the queue',
      metrics: [
        pipeline.deadLetters.metricApproximateNumberOfMessagesVisible({
          statistic: Stats.MAXIMUM,
          label: 'dead letters',
        }),
        pipeline.queue.metricApproximateAgeOfOldestMessage({ statistic: Stats.MAXIMUM, label: 'oldest' }),
        metrics.common('returned', Stats.SUM),
      ],
      width: 6,
      height: HEIGHT,
    }),
    graph(
      'Quarantined',
      providers.map((id) => metrics.counted(id, 'quarantined')),
      6,
      { stacked: true },
    ),
    graph(
      'Taken by the receivers, and the outcomes, which should be as many',
      [sum(taken, 'taken'), sum(outcomes, 'outcomes'), ...outcomes],
      12,
    ),
  ]
}

function liveness({ serviceName, ingress }: Watched): IWidget[] {
  const metrics = ledgerMetrics(serviceName)
  const providers = Object.entries(ingress.receivers)
  const admitted = providers.map(([id, receiver]) => metrics.admitted(id, receiver))
  return [
    graph('Taken by the receivers', admitted, 8),
    graph(
      'Refused',
      providers.map(([id]) => metrics.counted(id, 'refused')),
      8,
      { stacked: true },
    ),
    graph(
      'Provider → us, longest of each batch (ms)',
      providers.map(([id]) => metrics.time(id, 'providerDelay', 'p50')),
      8,
    ),
    ...(ingress.unserved
      ? [graph('Answered by API Gateway alone: 429 throttled, 404 not found', Object.values(ingress.unserved), 8)]
      : []),
  ]
}

function standing({ configuration, serviceName, ingress, deliveries }: Watched): IWidget[] {
  const metrics = ledgerMetrics(serviceName)
  const counted = (name: string) => Object.keys(ingress.receivers).map((id) => metrics.counted(id, name))
  const overdue = watchesForOverdue(configuration) ? [graph('Overdue', counted('overdue'), 6, { stacked: true })] : []
  return [
    graph('New deliveries', counted('deliveries'), overdue.length > 0 ? 6 : 12, { stacked: true }),
    ...overdue,
    graph(
      'Ledger → deliveries, age of the last record (ms)',
      [deliveries.follower.metric('IteratorAge', { statistic: Stats.MAXIMUM, ...FIVE_MINUTES })],
      6,
    ),
    graph(
      'Parked: records, and how many keys wait',
      [
        metrics.common('parked', Stats.SUM),
        deliveries.parked.metricApproximateNumberOfMessagesVisible({
          statistic: Stats.MAXIMUM,
          label: 'keys that wait',
          ...FIVE_MINUTES,
        }),
      ],
      6,
    ),
  ]
}

function telling({ serviceName, webhooks }: Watched): IWidget[] {
  const endpoints = webhooks?.endpoints ?? []
  const metrics = ledgerMetrics(serviceName)
  const visible = { statistic: Stats.MAXIMUM, ...FIVE_MINUTES }
  const counted = (name: Parameters<typeof metrics.endpoint>[1], statistic: string) =>
    endpoints.map(({ endpoint }) => metrics.endpoint(endpoint.name, name, statistic))
  const labelled = (metric: (of: Webhook, label: string) => IMetric, suffix = '') =>
    endpoints.map((webhook) => metric(webhook, `${webhook.endpoint.name}${suffix}`))
  return [
    graph('Paused (1)', counted('paused', Stats.MAXIMUM), 6),
    graph(
      'Events that wait, and dead letters',
      [
        ...labelled(({ queue }, label) => queue.metricApproximateNumberOfMessagesVisible({ ...visible, label })),
        ...labelled(
          ({ deadLetters }, label) => deadLetters.metricApproximateNumberOfMessagesVisible({ ...visible, label }),
          ' dead letters',
        ),
      ],
      6,
    ),
    graph('Events taken, and attempts that failed (right)', counted('told', Stats.SUM), 6, {
      stacked: true,
      right: counted('failed', Stats.SUM),
    }),
    graph('Received → taken by the endpoint, longest of each batch (ms)', counted('toldAfter', 'p50'), 6),
  ]
}

const STATUSES_OFF =
  'Statuses by channel are not counted. `"statusMetrics": true` in the stage’s configuration counts them, at $0.30 a month for each pair of status and channel.'

function endings({ configuration, serviceName, ingress }: Watched): IWidget[] {
  const metrics = ledgerMetrics(serviceName)
  const providers = Object.keys(ingress.receivers)
  const failureRates = providers.map((id) => {
    // Ids must be unique in a graph.
    const [failed, arrived] = [`${metricId(id)}Failed`, `${metricId(id)}Arrived`]
    return new MathExpression({
      expression: `100 * FILL(${failed}, 0) / (FILL(${failed}, 0) + FILL(${arrived}, 0))`,
      usingMetrics: { [failed]: metrics.counted(id, 'failed'), [arrived]: metrics.counted(id, 'arrived') },
      label: `${id} %`,
      ...FIVE_MINUTES,
    })
  })
  const width = Math.max(6, Math.floor(FULL / providers.length))
  const statuses = configuration.statusMetrics
    ? providers.map((id) => graph(`Statuses of ${id}, by channel`, [metrics.statuses(id)], width, { stacked: true }))
    : [new TextWidget({ markdown: STATUSES_OFF, width: FULL, height: 2 })]
  return [
    ...statuses,
    graph('Failure rate (%)', failureRates, 12),
    graph(
      'Unmapped statuses',
      providers.map((id) => metrics.counted(id, 'unmapped')),
      12,
      { stacked: true },
    ),
  ]
}

function speed({ serviceName, ingress, pipeline }: Watched): IWidget[] {
  const metrics = ledgerMetrics(serviceName)
  const providers = Object.keys(ingress.receivers)
  const receivers = Object.values(ingress.receivers)
  return [
    graph(
      'Receivers, p50 and p99 (ms)',
      receivers.flatMap((receiver) =>
        ['p50', 'p99'].map((statistic) => receiver.metricDuration({ statistic, ...FIVE_MINUTES })),
      ),
      6,
    ),
    graph(
      'Cold starts of receivers: how many, and the longest (ms)',
      [metrics.common('coldStart', Stats.SAMPLE_COUNT)],
      6,
      { right: [metrics.common('coldStart', Stats.MAXIMUM)] },
    ),
    graph(
      'Us → stored, longest of each batch (ms)',
      providers.map((id) => metrics.time(id, 'storeDelay', 'p99')),
      6,
    ),
    graph(
      'Worker (ms)',
      ['p50', 'p99'].map((statistic) => pipeline.worker.metricDuration({ statistic, ...FIVE_MINUTES })),
      6,
    ),
  ]
}

function cost({ ingress, pipeline, tables, deliveries }: Watched): IWidget[] {
  const total = { statistic: Stats.SUM, ...FIVE_MINUTES }
  const requests = ingress.api.metricCount(total)
  const invocations = sum(
    [...Object.values(ingress.receivers), pipeline.worker, deliveries.follower, ingress.query].map((lambda) =>
      lambda.metricInvocations(total),
    ),
    'invocations',
  )
  const sent = pipeline.queue.metricNumberOfMessagesSent(total)
  const received = pipeline.queue.metricNumberOfMessagesReceived(total)
  const writes = tables.ledger.metric('ConsumedWriteCapacityUnits', { ...total, label: 'ledger writes' })
  const dollars = new MathExpression({
    // A receive and a delete take up to ten messages each.
    expression: `(${PRICES.request} * requests + ${PRICES.invocation} * invocations + ${PRICES.queueRequest} * (sent + received / 5) + ${PRICES.write} * writes) / sent`,
    usingMetrics: { requests, invocations, sent, received, writes },
    label: 'dollars per million callbacks (requests only, us-east-1 list)',
    ...FIVE_MINUTES,
  })
  return [
    graph('Invocations', [invocations, requests], 8),
    graph(
      'Writes',
      [writes, tables.quarantine.metric('ConsumedWriteCapacityUnits', { ...total, label: 'quarantine writes' })],
      8,
    ),
    graph('Projected', [dollars], 8),
  ]
}
