import type { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import type { SQSClient } from '@aws-sdk/client-sqs'
import type { EventFilter } from '../functions/domain/endpoint.ts'
import type { RecipientForm } from '../functions/domain/event.ts'
import type { Secret } from '../functions/domain/request.ts'
import type { Queue } from '../functions/platform/queue.ts'
import type { Table } from '../functions/platform/table.ts'
import type { LocalEndpoint } from '../local/webhooks.ts'

/** An endpoint, as the command line reaches it. */
export interface TargetEndpoint {
  name: string
  url: string
  filter: EventFilter
  recipients: RecipientForm
  queue: Queue
  deadLetters: Queue
  /** The states of all endpoints. */
  table: Table
  readSecret(): Promise<Secret>
  /** Undefined where the secret cannot be rotated. */
  writeSecret?: (secret: Secret) => Promise<void>
  /** Whether it may be on a private address, and without TLS. */
  allowPrivate: boolean
}

interface Clients {
  tables: DynamoDBClient
  queues: SQSClient
}

/** An endpoint in the output `WebhooksSettings`. */
interface DeployedEndpoint extends Pick<TargetEndpoint, 'name' | 'url' | 'filter' | 'recipients'> {
  queueUrl: string
  deadLettersUrl: string
  secret: string
}

/** The endpoints of a deployed stack, by its output `WebhooksSettings`. */
export function deployedEndpoints(
  settings: string | undefined,
  { tables, queues }: Clients,
  secrets: { read(id: string): Promise<Secret>; write(id: string, secret: Secret): Promise<void> },
): TargetEndpoint[] {
  const { table, endpoints }: { table: string; endpoints: DeployedEndpoint[] } = JSON.parse(
    settings ?? '{"table":"","endpoints":[]}',
  )
  return endpoints.map(({ queueUrl, deadLettersUrl, secret, name, url, filter, recipients }) => ({
    name,
    url,
    filter,
    recipients,
    queue: { client: queues, url: queueUrl },
    deadLetters: { client: queues, url: deadLettersUrl },
    table: { client: tables, name: table },
    readSecret: () => secrets.read(secret),
    writeSecret: (value) => secrets.write(secret, value),
    allowPrivate: false,
  }))
}

/** The endpoints of the local stack, which says everything but their secret. */
export const localEndpoints = (
  endpoints: readonly LocalEndpoint[],
  { tables, queues }: Clients,
  secret = process.env.WEBHOOK_SECRET,
): TargetEndpoint[] =>
  endpoints.map(({ name, url, queue, deadLetters, webhooks }) => ({
    name,
    url,
    filter: {},
    recipients: 'plain',
    queue: { client: queues, url: queue },
    deadLetters: { client: queues, url: deadLetters },
    table: { client: tables, name: webhooks },
    async readSecret() {
      if (!secret) throw new Error('WEBHOOK_SECRET: expected here too, as the local stack has it')
      return { current: secret.replace(/^whsec_/, '') }
    },
    allowPrivate: true,
  }))
