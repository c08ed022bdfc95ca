import * as catalogue from '#catalogue'
import { secretsClient, sqsClient } from '../platform/clients.ts'
import { required } from '../platform/environment.ts'
import { knock } from '../platform/queue.ts'
import { managedSecret } from '../platform/secrets.ts'
import { cloudWatchTelemetry } from '../platform/telemetry.ts'
import { warmUp } from '../platform/warm-up.ts'
import { createReceiver } from './receiver.ts'

const id = required('PROVIDER')
const provider = Object.values(catalogue)
  .flat()
  .find((provider) => provider.id === id)
if (provider === undefined) throw new Error(`environment: expected PROVIDER in the catalogue, not ${id}`)

const telemetry = cloudWatchTelemetry()
const secrets = managedSecret(secretsClient(), required('SECRET_ID'))
const queue = { client: sqsClient(), url: required('QUEUE_URL') }

export const handler = createReceiver({ provider, secrets, queue, telemetry, publicUrl: process.env.PUBLIC_URL })

export const ready = warmUp(secrets.current, () => knock(queue)).then(() => telemetry.started(performance.now()))
