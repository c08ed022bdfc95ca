import { dynamoDbClient, snsClient, sqsClient } from '../platform/clients.ts'
import { openDeliveries } from '../platform/delivery-environment.ts'
import { required } from '../platform/environment.ts'
import { openContext } from '../platform/event-environment.ts'
import { cloudWatchTelemetry } from '../platform/telemetry.ts'
import { createFollower } from './follower.ts'

const client = dynamoDbClient()

export const handler = createFollower({
  ledger: { client, name: required('LEDGER_TABLE') },
  deliveries: openDeliveries(client),
  parked: { client: sqsClient(), url: required('PARKED_URL') },
  events: process.env.TOPIC_ARN
    ? { topic: { client: snsClient(), arn: process.env.TOPIC_ARN }, context: openContext() }
    : undefined,
  telemetry: cloudWatchTelemetry(),
})
