import { dynamoDbClient, lambdaClient, secretsClient, sqsClient } from '../platform/clients.ts'
import { required } from '../platform/environment.ts'
import { managedSecret } from '../platform/secrets.ts'
import { cloudWatchTelemetry } from '../platform/telemetry.ts'
import { eventSourceMappings } from './event-source-mappings.ts'
import { createKeeper } from './keeper.ts'

/** An endpoint as the deployment names it: URLs of its queues, the ARN of its secret, the id of its event source mapping. */
interface Deployed {
  name: string
  url: string
  queueUrl: string
  deadLettersUrl: string
  secret: string
  mapping: string
}

const deployed: Deployed[] = JSON.parse(required('ENDPOINTS'))
const queues = sqsClient()
const secrets = secretsClient()
const telemetry = cloudWatchTelemetry()
const webhooks = { client: dynamoDbClient(), name: required('WEBHOOKS_TABLE') }

export const handler = createKeeper({
  endpoints: deployed.map(({ name, url, queueUrl, deadLettersUrl, secret }) => ({
    endpoint: { name, url },
    secrets: managedSecret(secrets, secret),
    queue: { client: queues, url: queueUrl },
    deadLetters: { client: queues, url: deadLettersUrl },
    webhooks,
    telemetry,
  })),
  mappings: eventSourceMappings(
    lambdaClient(),
    Object.fromEntries(deployed.map(({ name, mapping }) => [name, mapping])),
  ),
  telemetry,
})
