import { dynamoDbClient } from '../platform/clients.ts'
import { required } from '../platform/environment.ts'
import { cloudWatchTelemetry } from '../platform/telemetry.ts'
import { createSweeper } from './sweeper.ts'

export const handler = createSweeper({
  deliveries: { client: dynamoDbClient(), name: required('DELIVERIES_TABLE') },
  telemetry: cloudWatchTelemetry(),
})
