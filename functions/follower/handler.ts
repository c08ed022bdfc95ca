import { dynamoDbClient, sqsClient } from '../platform/clients.ts'
import { openDeliveries } from '../platform/delivery-environment.ts'
import { required } from '../platform/environment.ts'
import { cloudWatchTelemetry } from '../platform/telemetry.ts'
import { createFollower } from './follower.ts'

const client = dynamoDbClient()

export const handler = createFollower({
  ledger: { client, name: required('LEDGER_TABLE') },
  deliveries: openDeliveries(client),
  parked: { client: sqsClient(), url: required('PARKED_URL') },
  telemetry: cloudWatchTelemetry(),
})
