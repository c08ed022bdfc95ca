import { Duration } from 'aws-cdk-lib'
import { Stats } from 'aws-cdk-lib/aws-cloudwatch'
import { ledgerMetrics, successes, sum } from './metrics.ts'
import { FIVE_MINUTES, type Watch, type Watched } from './watched.ts'
import type { Webhook } from './webhook.ts'

const OLDEST_SECONDS = 60 * 60

/** The alarms of the endpoints, each with the endpoint's name, and those of the functions that serve them. */
export function webhookWatches({ webhooks, serviceName }: Watched): Watch[] {
  if (webhooks === undefined) return []
  return [
    ...webhooks.endpoints.flatMap((webhook) => endpointWatches(webhook, serviceName)),
    {
      id: 'SenderErrors',
      metric: sum(
        webhooks.endpoints.map(({ sender }) => sender.metricErrors({ period: FIVE_MINUTES })),
        'errors',
      ),
      threshold: 0,
      description:
        'A sender threw, timed out or ran out of memory; its events come again. Look at the senders’ logs: a secret or the table of the endpoints could not be read, or the last deployment broke it.',
    },
    {
      id: 'KeeperStopped',
      metric: successes(webhooks.keeper, Duration.minutes(15)),
      threshold: 1,
      below: true,
      description:
        'The keeper has not succeeded for 15 minutes: paused endpoints are neither probed nor resumed, and what has waited for 13 days is not moved to a dead-letter queue. Look at the keeper’s log, then whether its rule is enabled in EventBridge.',
    },
  ]
}

function endpointWatches({ endpoint: { name, url }, queue, deadLetters }: Webhook, serviceName: string): Watch[] {
  const id = name.charAt(0).toUpperCase() + name.slice(1)
  const { host } = new URL(url)
  return [
    {
      id: `${id}EndpointPaused`,
      metric: ledgerMetrics(serviceName).endpoint(name, 'paused', Stats.MAXIMUM),
      threshold: 0,
      description: `The endpoint ${name} (${host}) is paused: it failed on and on, it answered 410, or an operator paused it. Its events wait, for 13 days, and unless an operator paused it a probe resumes it as soon as it works. Look at its last answer (ledger endpoints), then ask who runs it; what it wants no more can leave the configuration.`,
    },
    {
      id: `${id}EndpointDeadLetters`,
      metric: deadLetters.metricApproximateNumberOfMessagesVisible({ statistic: Stats.MAXIMUM, period: FIVE_MINUTES }),
      threshold: 0,
      description: `Events for the endpoint ${name} (${host}) were not taken in 14 days and are in its dead-letter queue, for 14 more. Look at its last answer (ledger endpoints) and ask who runs it; when it works again, ledger endpoints redrive ${name} sends them.`,
    },
    {
      id: `${id}EndpointOldest`,
      metric: queue.metricApproximateAgeOfOldestMessage({ statistic: Stats.MAXIMUM, period: FIVE_MINUTES }),
      threshold: OLDEST_SECONDS,
      periods: 3,
      description: `An event for the endpoint ${name} (${host}) has waited for more than an hour: it fails, is too slow for what it gets, or is paused. Look at its state and last answer (ledger endpoints); if it is merely slow, raise its concurrency or narrow its filter.`,
    },
  ]
}
