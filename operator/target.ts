import { CloudFormationClient, DescribeStacksCommand, type Output } from '@aws-sdk/client-cloudformation'
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { EventBridgeClient } from '@aws-sdk/client-eventbridge'
import { GetSecretValueCommand, PutSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import { SNSClient, type SNSClientConfig } from '@aws-sdk/client-sns'
import { SQSClient } from '@aws-sdk/client-sqs'
import type { OutletSettings } from '../functions/domain/outlet.ts'
import type { Secret } from '../functions/domain/request.ts'
import type { Deliveries } from '../functions/platform/delivery-table.ts'
import { openOutlets } from '../functions/platform/outlet.ts'
import type { Outlet } from '../functions/platform/publishing.ts'
import type { Queue } from '../functions/platform/queue.ts'
import type { Table } from '../functions/platform/table.ts'
import { topicOutlet } from '../functions/platform/topic.ts'
import { providers as catalogue } from '../functions/providers/index.ts'
import { LOCAL_AWS, localSecret } from '../local/credentials.ts'
import { deliveriesOn } from '../local/deliveries.ts'
import type { Parts } from '../local/stack.ts'
import { readResources, secretId, sourcesIn } from './resources.ts'
import { deployedEndpoints, localEndpoints, type TargetEndpoint } from './webhooks.ts'

/** A running stack, as the command line reaches it. */
export interface Target {
  ledger: Table
  quarantine: Table
  queue: Queue
  deadLetters: Queue
  /** Throws where the stack has none: it was deployed by an earlier version. */
  readonly deliveries: Deliveries
  /** Keys of the ledger that the follower could not handle, and events that could not be published. */
  readonly parked: Queue
  /** Of which stage events are, and where they are published; undefined where the stack publishes none. */
  events?: { stage: string; outlets: readonly Outlet[] } | undefined
  /** The consumers that are sent events as webhooks. */
  endpoints: readonly TargetEndpoint[]
  /** The names of the providers, and accounts, whose callbacks it takes. */
  providers: readonly string[]
  /** The URL of its HTTP API, without a slash at the end. */
  url: string
  /** The URL that providers call, and that some sign, where it is another one. */
  publicUrl?: string | undefined
  readSecret(provider: string): Promise<Secret>
  writeSecret(provider: string, secret: Secret): Promise<void>
  /** True where keys cannot be rotated. */
  hasFixedKeys: boolean
}

/** A deployed stack; profile and region are the AWS CLI's defaults where they are not given. */
export interface StackName {
  stack: string
  profile?: string | undefined
  region?: string | undefined
}

/**
 * The local stack that listens on a URL.
 *
 * @throws Error where none listens.
 */
export async function openLocal(url: string): Promise<Target> {
  const response = await fetch(`${url}/local`).catch(() => undefined)
  if (!response?.ok)
    throw new Error(`--url: no local stack listens on ${url}; start it (npm start), or name a deployed one (--stack)`)
  const {
    ledger,
    quarantine,
    deliveries,
    queue,
    deadLetters,
    parked,
    topic,
    endpoints = [],
    dynamoDb,
    sqs,
    publicUrl,
  } = (await response.json()) as Parts
  const tables = new DynamoDBClient({ ...LOCAL_AWS, endpoint: dynamoDb })
  const queues = new SQSClient({ ...LOCAL_AWS, endpoint: sqs })
  return {
    ledger: { client: tables, name: ledger },
    quarantine: { client: tables, name: quarantine },
    queue: { client: queues, url: queue },
    deadLetters: { client: queues, url: deadLetters },
    deliveries: deliveriesOn({ client: tables, name: deliveries }),
    parked: { client: queues, url: parked },
    events: {
      stage: 'local',
      outlets: [topicOutlet({ client: new SNSClient({ ...LOCAL_AWS, endpoint: sqs }), arn: topic }, 'plain')],
    },
    endpoints: localEndpoints(endpoints, { tables, queues }),
    providers: catalogue.map(({ id }) => id),
    url,
    publicUrl,
    readSecret: async (provider) => localSecret(provider),
    writeSecret: async () => {},
    hasFixedKeys: true,
  }
}

/**
 * A stack of the account that the credentials are for.
 *
 * @throws Error where no stack has that name.
 */
export async function openDeployed({ stack, profile, region }: StackName): Promise<Target> {
  const config = { ...(profile && { profile }), ...(region && { region }) }
  const cloudFormation = new CloudFormationClient(config)
  const { logicalIds, idOf } = await readResources(cloudFormation, stack)
  const { Stacks: [{ Outputs = [] } = {}] = [] } = await cloudFormation.send(
    new DescribeStacksCommand({ StackName: stack }),
  )
  const tables = new DynamoDBClient(config)
  const queues = new SQSClient({ ...config, useQueueUrlAsEndpoint: false })
  const secrets = new SecretsManagerClient(config)
  const readSecret = async (SecretId: string): Promise<Secret> => {
    const { SecretString = '{}' } = await secrets.send(new GetSecretValueCommand({ SecretId }))
    return JSON.parse(SecretString)
  }
  const writeSecret = async (SecretId: string, secret: Secret): Promise<void> => {
    await secrets.send(new PutSecretValueCommand({ SecretId, SecretString: JSON.stringify(secret) }))
  }
  let hashKey: Promise<Secret> | undefined
  return {
    ledger: { client: tables, name: idOf('AWS::DynamoDB::Table', 'TablesLedger') },
    quarantine: { client: tables, name: idOf('AWS::DynamoDB::Table', 'TablesQuarantine') },
    queue: { client: queues, url: idOf('AWS::SQS::Queue', 'PipelineCallbacks') },
    deadLetters: { client: queues, url: idOf('AWS::SQS::Queue', 'PipelineDeadLetters') },
    get deliveries() {
      return {
        client: tables,
        name: idOf('AWS::DynamoDB::Table', 'DeliveriesTable'),
        hashKey: async () => {
          hashKey ??= readSecret(idOf('AWS::SecretsManager::Secret', 'DeliveriesHashKey'))
          return (await hashKey).current
        },
        ...settingsOf(Outputs),
      }
    },
    get parked() {
      return { client: queues, url: idOf('AWS::SQS::Queue', 'DeliveriesParked') }
    },
    events: eventsOf(Outputs, config),
    endpoints: deployedEndpoints(
      outputOf(Outputs, 'WebhooksSettings'),
      { tables, queues },
      { read: readSecret, write: writeSecret },
    ),
    providers: sourcesIn(logicalIds),
    ...originsOf(Outputs),
    readSecret: (provider) => readSecret(secretId(idOf, provider)),
    writeSecret: (provider, secret) => writeSecret(secretId(idOf, provider), secret),
    hasFixedKeys: false,
  }
}

/** The URLs of a deployed stack, from its outputs. */
export const originsOf = (outputs: readonly Output[]): Pick<Target, 'url' | 'publicUrl'> => ({
  url: outputOf(outputs, 'QueryUrl')?.replace(/\/v1$/, '') ?? '',
  publicUrl: outputOf(outputs, 'PublicUrl'),
})

/** What of its deliveries a deployed stack has configured, from its outputs. */
const settingsOf = (
  outputs: readonly Output[],
): Pick<Deliveries, 'lookups' | 'patience' | 'expectations' | 'retentionDays'> =>
  JSON.parse(outputOf(outputs, 'DeliveriesSettings') ?? '{"lookups":[],"patience":{},"expectations":false}')

/** Where a deployed stack publishes its events, from its outputs. */
function eventsOf(outputs: readonly Output[], config: Pick<SNSClientConfig, 'profile' | 'region'>): Target['events'] {
  const settings = outputOf(outputs, 'EventsSettings')
  if (settings === undefined) return undefined
  const { stage, outlets } = JSON.parse(settings) as { stage: string; outlets: OutletSettings[] }
  const clients = {
    topics: () => new SNSClient(config),
    buses: (region: string) => new EventBridgeClient({ ...config, region }),
  }
  return { stage, outlets: openOutlets(outlets, clients) }
}

const outputOf = (outputs: readonly Output[], name: string): string | undefined =>
  outputs.find(({ OutputKey }) => OutputKey === name)?.OutputValue
