import { dynamoDbClient, sqsClient } from '../platform/clients.ts'
import { openDeliveries, openHashKey } from '../platform/delivery-environment.ts'
import { required } from '../platform/environment.ts'
import { openTelling } from '../platform/event-environment.ts'
import { cloudWatchTelemetry } from '../platform/telemetry.ts'
import { createFollower } from './follower.ts'

const client = dynamoDbClient()
// Read once, for the deliveries and for the events.
const hashKey = openHashKey()

export const handler = createFollower({
  ledger: { client, name: required('LEDGER_TABLE') },
  deliveries: openDeliveries(client, hashKey),
  parked: { client: sqsClient(), url: required('PARKED_URL') },
  events: process.env.OUTLETS ? openTelling(hashKey) : undefined,
  telemetry: cloudWatchTelemetry(),
})
