import { dynamoDbClient, secretsClient, sqsClient } from '../platform/clients.ts'
import { required } from '../platform/environment.ts'
import { managedSecret } from '../platform/secrets.ts'
import { cloudWatchTelemetry } from '../platform/telemetry.ts'
import { createSender } from './sender.ts'

const queues = sqsClient()

export const handler = createSender({
  endpoint: JSON.parse(required('ENDPOINT')),
  secrets: managedSecret(secretsClient(), required('WEBHOOK_SECRET')),
  queue: { client: queues, url: required('QUEUE_URL') },
  deadLetters: { client: queues, url: required('DEAD_LETTERS_URL') },
  webhooks: { client: dynamoDbClient(), name: required('WEBHOOKS_TABLE') },
  telemetry: cloudWatchTelemetry(),
})
