import { secretsClient, sqsClient } from '../platform/clients.ts'
import { required } from '../platform/environment.ts'
import { managedSecret } from '../platform/secrets.ts'
import { cloudWatchTelemetry } from '../platform/telemetry.ts'
import { providers } from '../providers/index.ts'
import { createReceiver } from './receiver.ts'

const id = required('PROVIDER')
const provider = providers.find((provider) => provider.id === id)
if (provider === undefined) throw new Error(`environment: expected PROVIDER in the catalogue, not ${id}`)

const telemetry = cloudWatchTelemetry()

export const handler = createReceiver({
  provider,
  secrets: managedSecret(secretsClient(), required('SECRET_ID')),
  queue: { client: sqsClient(), url: required('QUEUE_URL') },
  telemetry,
})

telemetry.started(id, performance.now())
