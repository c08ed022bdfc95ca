import { dynamoDbClient, sqsClient } from '../platform/clients.ts'
import { openDeliveries } from '../platform/delivery-environment.ts'
import { required } from '../platform/environment.ts'
import { cloudWatchTelemetry } from '../platform/telemetry.ts'
import { createQuery } from './query.ts'

const client = dynamoDbClient()

export const handler = createQuery({
  providers: required('CATALOGUE').split(','),
  ledger: { client, name: required('LEDGER_TABLE') },
  quarantine: { client, name: required('QUARANTINE_TABLE') },
  deliveries: openDeliveries(client),
  queue: { client: sqsClient(), url: required('QUEUE_URL') },
  telemetry: cloudWatchTelemetry(),
})
