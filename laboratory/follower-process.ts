import type { DynamoDBStreamEvent } from 'aws-lambda'
import { createFollower } from '../functions/follower/follower.ts'
import { dynamoDbClient, sqsClient } from '../functions/platform/clients.ts'
import { required } from '../functions/platform/environment.ts'
import { cloudWatchTelemetry } from '../functions/platform/telemetry.ts'
import { deliveriesOn } from '../local/deliveries.ts'
import { openLaboratoryTelling } from './telling.ts'

/** The follower in a process that may be killed: a batch comes as a message of its parent, which gets an answer when it is done. */
const client = dynamoDbClient(1)
const follower = createFollower({
  ledger: { client, name: required('LEDGER_TABLE') },
  deliveries: deliveriesOn({ client, name: required('DELIVERIES_TABLE') }),
  parked: { client: sqsClient(), url: required('PARKED_URL') },
  events: openLaboratoryTelling(),
  telemetry: cloudWatchTelemetry(),
})

process.on('message', (event: DynamoDBStreamEvent) =>
  follower(event).then(
    () => process.send?.({ response: true }),
    (error) => process.send?.({ error: String(error) }),
  ),
)
process.send?.({ ready: true })
