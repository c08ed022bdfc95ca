import * as catalogue from '#catalogue'
import { providerNamed } from '../domain/provider.ts'
import { secretsClient, sqsClient } from '../platform/clients.ts'
import { required } from '../platform/environment.ts'
import { knock } from '../platform/queue.ts'
import { managedSecret } from '../platform/secrets.ts'
import { cloudWatchTelemetry } from '../platform/telemetry.ts'
import { warmUp } from '../platform/warm-up.ts'
import { createReceiver } from './receiver.ts'

const provider = providerNamed(Object.values(catalogue).flat(), required('PROVIDER'))

const telemetry = cloudWatchTelemetry()
const secrets = managedSecret(secretsClient(), required('SECRET_ID'))
const queue = { client: sqsClient(), url: required('QUEUE_URL') }

export const handler = createReceiver({ provider, secrets, queue, telemetry, publicUrl: process.env.PUBLIC_URL })

export const ready = warmUp(secrets.current, () => knock(queue)).then(() => telemetry.started(performance.now()))
