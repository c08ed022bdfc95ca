import { dynamoDbClient } from '../platform/clients.ts'
import { required } from '../platform/environment.ts'
import { cloudWatchTelemetry } from '../platform/telemetry.ts'
import { providers } from '../providers/index.ts'
import { createWorker } from './worker.ts'

const client = dynamoDbClient(1)

export const handler = createWorker({
  providers,
  ledger: {
    client,
    name: required('LEDGER_TABLE'),
    retentionDays: Number(process.env.LEDGER_RETENTION_DAYS) || undefined,
  },
  quarantine: { client, name: required('QUARANTINE_TABLE') },
  telemetry: cloudWatchTelemetry(),
  timeZones: JSON.parse(process.env.TIME_ZONES ?? '{}'),
})
