import { Stack, type StackProps } from 'aws-cdk-lib'
import type { Construct } from 'constructs'
import { providerNamed } from '../functions/domain/provider.ts'
import { providers } from '../functions/providers/index.ts'
import { acknowledgeFindings } from './acknowledgements.ts'
import type { Configuration } from './configuration.ts'
import { Console } from './console.ts'
import { Deliveries } from './deliveries.ts'
import { createStorageKey } from './encryption.ts'
import { Events } from './events.ts'
import { Ingress } from './ingress.ts'
import { LedgerTables } from './ledger-table.ts'
import { Operations } from './operations.ts'
import { Pipeline } from './pipeline.ts'
import { RemapRight } from './remap.ts'
import { formsOf, Webhooks } from './webhooks.ts'

/** The whole system of one stage. */
export class LedgerStack extends Stack {
  constructor(
    scope: Construct,
    id: string,
    { configuration, ...props }: StackProps & { configuration: Configuration },
  ) {
    super(scope, id, props)
    const encryptionKey = configuration.customerManagedKey
      ? createStorageKey(this, 'Key', `${id}: all that is stored`, configuration.removeTables)
      : undefined
    const shared = { logRetention: configuration.logRetentionDays, serviceName: id, encryptionKey }
    const enabled = configuration.providers.map((name) => providerNamed(providers, name))

    const tables = new LedgerTables(this, 'Tables', { remove: configuration.removeTables, encryptionKey })
    const pipeline = new Pipeline(this, 'Pipeline', { configuration, tables, shared })
    const deliveries = new Deliveries(this, 'Deliveries', { configuration, tables, shared })
    const stage = id.replace(/^delivery-ledger-/, '')
    const events =
      configuration.events &&
      new Events(this, 'Events', { ...configuration.events, forms: formsOf(configuration), stage, deliveries, shared })
    const webhooks =
      events && configuration.webhooks?.length
        ? new Webhooks(this, 'Webhooks', { configuration, events, shared })
        : undefined
    const parts = { configuration, tables, pipeline, deliveries, events, webhooks }
    const ingress = new Ingress(this, 'Ingress', { ...parts, providers: enabled, shared })
    const console = new Console(this, 'Console', { ...parts, shared })
    new RemapRight(this, 'Remap', { tables, deliveries, events, webhooks, encryptionKey })
    new Operations(this, 'Operations', { ...parts, serviceName: id, ingress, console })
    acknowledgeFindings(this)
  }
}
