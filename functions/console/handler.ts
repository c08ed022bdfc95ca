import { CloudWatchClient } from '@aws-sdk/client-cloudwatch'
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs'
import { dynamoDbClient, sqsClient } from '../platform/clients.ts'
import { cloudWatchObservations } from '../platform/cloudwatch-observations.ts'
import { openDeliveries } from '../platform/delivery-environment.ts'
import { required } from '../platform/environment.ts'
import { cloudWatchTelemetry, log } from '../platform/telemetry.ts'
import { createConsole } from './console.ts'
import type { DeskWebhooks } from './desk.ts'
import { RIGHTS } from './view.ts'

const right = RIGHTS.find((right) => right === process.env.RIGHT)
if (right === undefined) throw new Error(`environment: expected RIGHT to be one of ${RIGHTS.join(', ')}`)

const client = dynamoDbClient()
const queues = sqsClient()

/** What the deployment's variable says of the endpoints: their table, and the URLs of their queues. */
function webhooksOf(text: string | undefined): DeskWebhooks | undefined {
  if (!text) return undefined
  const { table, endpoints } = JSON.parse(text) as {
    table: string
    endpoints: { name: string; queueUrl: string; deadLettersUrl: string }[]
  }
  return {
    table: { client, name: table },
    endpoints: endpoints.map(({ name, queueUrl, deadLettersUrl }) => ({
      name,
      queue: { client: queues, url: queueUrl },
      deadLetters: { client: queues, url: deadLettersUrl },
    })),
  }
}

export const handler = createConsole(
  {
    providers: required('CATALOGUE').split(','),
    enabled: required('PROVIDERS').split(','),
    ledger: { client, name: required('LEDGER_TABLE') },
    deliveries: openDeliveries(client),
    quarantine: { client, name: required('QUARANTINE_TABLE') },
    queue: { client: queues, url: required('QUEUE_URL') },
    observations: cloudWatchObservations({
      cloudWatch: new CloudWatchClient(),
      logs: new CloudWatchLogsClient(),
      service: required('POWERTOOLS_SERVICE_NAME'),
      logGroup: required('WORKER_LOG_GROUP'),
      statusMetrics: process.env.STATUS_METRICS === 'true',
    }),
    webhooks: webhooksOf(process.env.WEBHOOKS),
    firstStep:
      "Enter each provider's callback URL (the stack's outputs) in its console, or send an example: ledger --stack … send octopush callback.json",
    telemetry: cloudWatchTelemetry(),
    audit: (line) => log('INFO', 'audit', line),
  },
  right,
)
