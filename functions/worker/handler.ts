import { dynamoDbClient } from '../platform/clients.ts'
import { required } from '../platform/environment.ts'
import { knock } from '../platform/ledger.ts'
import { cloudWatchTelemetry } from '../platform/telemetry.ts'
import { warmUp } from '../platform/warm-up.ts'
import { providers } from '../providers/index.ts'
import { createWorker } from './worker.ts'

const client = dynamoDbClient(1)
const ledger = {
  client,
  name: required('LEDGER_TABLE'),
  retentionDays: Number(process.env.LEDGER_RETENTION_DAYS) || undefined,
}

export const handler = createWorker({
  providers,
  enabled: process.env.PROVIDERS?.split(','),
  ledger,
  quarantine: { client, name: required('QUARANTINE_TABLE') },
  telemetry: cloudWatchTelemetry({ statusMetrics: process.env.STATUS_METRICS === 'true' }),
  timeZones: JSON.parse(process.env.TIME_ZONES ?? '{}'),
})

// An empty batch waits for the mappings.
export const ready = warmUp(
  () => knock(ledger),
  () => handler({ Records: [] }),
)
