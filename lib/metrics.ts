import { Duration } from 'aws-cdk-lib'
import { type IMetric, MathExpression, Metric, Stats } from 'aws-cdk-lib/aws-cloudwatch'
import type { IFunction } from 'aws-cdk-lib/aws-lambda'
import { sourceOf } from '../functions/domain/source.ts'
import { providers } from '../functions/providers/index.ts'

/** The four outcomes of a callback. */
export const OUTCOMES = ['recorded', 'duplicate', 'ignored', 'quarantined'] as const

/** The namespace of the metrics of all stacks; metric filters, which have no dimensions, use one below it. */
export const NAMESPACE = 'DeliveryLedger'

/** Providers whose handshakes are answered with 2xx and never queued. */
const GREETING: ReadonlySet<string> = new Set(providers.filter(({ handshake }) => handshake).map(({ id }) => id))

/** The metrics that the functions of one stack emit, by provider or account of one; see functions/platform/telemetry.ts. */
export interface LedgerMetrics {
  /** How often something was counted, per period. */
  counted(provider: string, name: string, period?: Duration): Metric
  /** Requests that a receiver took into the queue, as Lambda counts its invocations: less errors, refusals and handshakes. */
  admitted(provider: string, receiver: IFunction, period?: Duration): MathExpression
  /** Milliseconds: the longest delay of each batch. */
  time(provider: string, name: 'providerDelay' | 'storeDelay', statistic: string): Metric
  /**
   * Messages that went back to the queue, records that the follower parked, and milliseconds of receivers' cold starts, of all
   * providers together.
   */
  common(name: 'returned' | 'parked' | 'coldStart', statistic: string): Metric
  /** What the keeper and the sender of an endpoint count: whether it is paused (0 or 1), events by what became of them, and milliseconds. */
  endpoint(
    name: string,
    metricName: 'paused' | 'told' | 'failed' | 'deadLettered' | 'toldAfter',
    statistic: string,
  ): Metric
  /** A line for each status and channel of a provider's new records. */
  statuses(provider: string): MathExpression
  /** Counts of several names, summed over providers. */
  total(providers: readonly string[], names: readonly string[], label: string): MathExpression
}

/** The metrics of the stack with this service name. */
export function ledgerMetrics(service: string): LedgerMetrics {
  const metric = (provider: string, metricName: string, statistic: string, period = Duration.minutes(5)) =>
    new Metric({
      namespace: NAMESPACE,
      metricName,
      dimensionsMap: { service, provider },
      statistic,
      period,
    })
  return {
    counted: (provider, name, period) => metric(provider, name, Stats.SUM, period),
    // Ids must be unique in a graph.
    admitted(provider, receiver, period = Duration.minutes(5)) {
      const id = metricId(provider)
      const invocations = { [`${id}Invocations`]: receiver.metricInvocations({ period }) }
      const others = {
        [`${id}Errors`]: receiver.metricErrors({ period }),
        [`${id}Refused`]: metric(provider, 'refused', Stats.SUM, period),
        ...(GREETING.has(sourceOf(provider).provider) && {
          [`${id}Handshakes`]: metric(provider, 'handshake', Stats.SUM, period),
        }),
      }
      const usingMetrics = { ...invocations, ...others }
      const expression = Object.keys(usingMetrics)
        .map((id) => `FILL(${id}, 0)`)
        .join(' - ')
      return new MathExpression({ expression, usingMetrics, label: provider, period })
    },
    time: (provider, name, statistic) => metric(provider, name, statistic),
    common: (metricName, statistic) =>
      new Metric({
        namespace: NAMESPACE,
        metricName,
        dimensionsMap: { service },
        statistic,
        period: Duration.minutes(5),
      }),
    endpoint: (endpoint, metricName, statistic) =>
      new Metric({
        namespace: NAMESPACE,
        metricName,
        dimensionsMap: { service, endpoint },
        statistic,
        period: Duration.minutes(5),
      }),
    statuses: (provider) =>
      new MathExpression({
        expression: `SEARCH('{DeliveryLedger,channel,provider,service} provider="${provider}" service="${service}"', 'Sum')`,
        label: `\${PROP('MetricName')} \${PROP('Dim.channel')}`,
        period: Duration.minutes(5),
      }),
    total: (providers, names, label) =>
      sum(
        providers.flatMap((provider) => names.map((name) => metric(provider, name, Stats.SUM))),
        label,
      ),
  }
}

/** What a provider or account is called in metric math, where ids have letters, digits and `_`. */
export const metricId = (source: string): string => source.replace('/', '_')

/** How often a function ran without an error. */
export function successes(lambda: IFunction, period: Duration): MathExpression {
  const usingMetrics = { runs: lambda.metricInvocations({ period }), errors: lambda.metricErrors({ period }) }
  return new MathExpression({ expression: 'FILL(runs, 0) - FILL(errors, 0)', usingMetrics, label: 'succeeded', period })
}

/** The most metrics in one sum: an expression has at most 2,048 characters. */
const MAX_TERMS = 40

/** The sum of metrics, of which some may have no data; the label is one lower-case word. */
export function sum(metrics: readonly IMetric[], label: string): MathExpression {
  if (metrics.length > MAX_TERMS) {
    const size = Math.ceil(metrics.length / Math.ceil(metrics.length / MAX_TERMS))
    const parts = Array.from({ length: Math.ceil(metrics.length / size) }, (_, part) =>
      sum(metrics.slice(part * size, (part + 1) * size), `${label}part${part}of`),
    )
    return sum(parts, label)
  }
  const usingMetrics = Object.fromEntries(metrics.map((metric, index) => [`${label}${index}`, metric]))
  const expression = Object.keys(usingMetrics)
    .map((id) => `FILL(${id}, 0)`)
    .join(' + ')
  return new MathExpression({ expression, usingMetrics, label, period: Duration.minutes(5) })
}
