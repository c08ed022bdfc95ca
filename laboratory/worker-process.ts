import type { SQSEvent } from 'aws-lambda'
import { dynamoDbClient } from '../functions/platform/clients.ts'
import { required } from '../functions/platform/environment.ts'
import { cloudWatchTelemetry, type Outcome } from '../functions/platform/telemetry.ts'
import { providers } from '../functions/providers/index.ts'
import { createWorker } from '../functions/worker/worker.ts'
import { upgraded } from './upgrade.ts'

/** The worker in a process that may be killed: a batch comes as a message of its parent, and goes back as one. */
const printed = cloudWatchTelemetry()
let outcomes: Outcome[] = []
const client = dynamoDbClient(1)
const worker = createWorker({
  providers: process.env.MAPPINGS === 'next' ? upgraded(providers) : providers,
  ledger: { client, name: required('LEDGER_TABLE') },
  quarantine: { client, name: required('QUARANTINE_TABLE') },
  telemetry: {
    ...printed,
    worked(batch) {
      outcomes.push(...batch.outcomes)
      printed.worked(batch)
    },
  },
})

process.on('message', async (event: SQSEvent) => {
  outcomes = []
  try {
    const response = await worker(event)
    process.send?.({
      response,
      outcomes: outcomes.map(({ callback: { provider, body, query }, result }) => ({
        callback: { provider, body, query },
        result,
      })),
    })
  } catch (error) {
    process.send?.({ error: String(error) })
  }
})
process.send?.({ ready: true })
