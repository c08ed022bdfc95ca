import { CloudFormationClient, DescribeStacksCommand, type Output } from '@aws-sdk/client-cloudformation'
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { GetSecretValueCommand, PutSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import { SQSClient } from '@aws-sdk/client-sqs'
import type { Secret } from '../functions/domain/request.ts'
import type { Queue } from '../functions/platform/queue.ts'
import type { Table } from '../functions/platform/table.ts'
import { LOCAL_AWS, localSecret } from '../local/credentials.ts'
import type { Parts } from '../local/stack.ts'
import { readResources, secretId } from './resources.ts'

/** A running stack, as the command line reaches it. */
export interface Target {
  ledger: Table
  quarantine: Table
  queue: Queue
  deadLetters: Queue
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
  const { ledger, quarantine, queue, deadLetters, dynamoDb, sqs, publicUrl } = (await response.json()) as Parts
  const tables = new DynamoDBClient({ ...LOCAL_AWS, endpoint: dynamoDb })
  const queues = new SQSClient({ ...LOCAL_AWS, endpoint: sqs })
  return {
    ledger: { client: tables, name: ledger },
    quarantine: { client: tables, name: quarantine },
    queue: { client: queues, url: queue },
    deadLetters: { client: queues, url: deadLetters },
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
  const { idOf } = await readResources(cloudFormation, stack)
  const { Stacks: [{ Outputs = [] } = {}] = [] } = await cloudFormation.send(
    new DescribeStacksCommand({ StackName: stack }),
  )
  const tables = new DynamoDBClient(config)
  const queues = new SQSClient({ ...config, useQueueUrlAsEndpoint: false })
  const secrets = new SecretsManagerClient(config)
  return {
    ledger: { client: tables, name: idOf('AWS::DynamoDB::Table', 'TablesLedger') },
    quarantine: { client: tables, name: idOf('AWS::DynamoDB::Table', 'TablesQuarantine') },
    queue: { client: queues, url: idOf('AWS::SQS::Queue', 'PipelineCallbacks') },
    deadLetters: { client: queues, url: idOf('AWS::SQS::Queue', 'PipelineDeadLetters') },
    ...originsOf(Outputs),
    async readSecret(provider) {
      const { SecretString = '{}' } = await secrets.send(
        new GetSecretValueCommand({ SecretId: secretId(idOf, provider) }),
      )
      return JSON.parse(SecretString)
    },
    async writeSecret(provider, secret) {
      const SecretString = JSON.stringify(secret)
      await secrets.send(new PutSecretValueCommand({ SecretId: secretId(idOf, provider), SecretString }))
    },
    hasFixedKeys: false,
  }
}

/** The URLs of a deployed stack, from its outputs. */
export function originsOf(outputs: readonly Output[]): Pick<Target, 'url' | 'publicUrl'> {
  const outputOf = (name: string) => outputs.find(({ OutputKey }) => OutputKey === name)?.OutputValue
  return { url: outputOf('QueryUrl')?.replace(/\/v1$/, '') ?? '', publicUrl: outputOf('PublicUrl') }
}
