import type { Context } from 'aws-lambda'
import { dynamoDbClient, secretsClient, sqsClient } from '../functions/platform/clients.ts'
import { required } from '../functions/platform/environment.ts'
import { managedSecret } from '../functions/platform/secrets.ts'
import { cloudWatchTelemetry } from '../functions/platform/telemetry.ts'
import { providers } from '../functions/providers/index.ts'
import { createQuery } from '../functions/query/query.ts'
import { QUERY_ROUTES } from '../functions/query/routes.ts'
import { createReceiver } from '../functions/receiver/receiver.ts'
import { deliveriesOn } from '../local/deliveries.ts'
import { type Gateway, type GatewayRoute, startGateway } from '../local/gateway.ts'

/** The receivers of all providers and the query API in a process that may be killed; sends its parent the URL. */
const queue = { client: sqsClient(), url: required('QUEUE_URL') }
const telemetry = cloudWatchTelemetry()
const receivers = providers.flatMap((provider) => {
  const receiver = createReceiver({
    provider,
    secrets: managedSecret(secretsClient(), provider.id),
    queue,
    telemetry,
    get publicUrl() {
      return gateway.url
    },
  })
  return provider.routes.map(
    ({ path }): GatewayRoute => ({ key: `ANY ${path}`, invoke: (event) => receiver(event, {} as Context) }),
  )
})
const client = dynamoDbClient()
const query = createQuery({
  providers: providers.map(({ id }) => id),
  ledger: { client, name: required('LEDGER_TABLE') },
  quarantine: { client, name: required('QUARANTINE_TABLE') },
  deliveries: deliveriesOn({ client, name: required('DELIVERIES_TABLE') }),
  queue,
  telemetry,
})
const queries = QUERY_ROUTES.map((key): GatewayRoute => ({ key, invoke: (event) => query(event, {} as Context) }))
/** By which the command line finds the tables and the queues. */
const parts: GatewayRoute = { key: 'GET /local', invoke: async () => ({ body: required('PARTS') }) }
const gateway: Gateway = await startGateway([...receivers, ...queries, parts], 0)
process.send?.({ url: gateway.url })
