import type { Context } from 'aws-lambda'
import { secretsClient, sqsClient } from '../functions/platform/clients.ts'
import { required } from '../functions/platform/environment.ts'
import { managedSecret } from '../functions/platform/secrets.ts'
import { cloudWatchTelemetry } from '../functions/platform/telemetry.ts'
import { providers } from '../functions/providers/index.ts'
import { createReceiver } from '../functions/receiver/receiver.ts'
import { type Gateway, type GatewayRoute, startGateway } from '../local/gateway.ts'

/** The receivers of all providers in a process that may be killed; tells its parent the URL. */
const routes = providers.flatMap((provider) => {
  const receiver = createReceiver({
    provider,
    secrets: managedSecret(secretsClient(), provider.id),
    queue: { client: sqsClient(), url: required('QUEUE_URL') },
    telemetry: cloudWatchTelemetry(),
    get publicUrl() {
      return gateway.url
    },
  })
  return provider.routes.map(
    ({ path }): GatewayRoute => ({ key: `ANY ${path}`, invoke: (event) => receiver(event, {} as Context) }),
  )
})
const gateway: Gateway = await startGateway(routes, 0)
process.send?.({ url: gateway.url })
