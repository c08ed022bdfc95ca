import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation'
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch'
import { CloudWatchLogsClient, FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs'
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { LambdaClient } from '@aws-sdk/client-lambda'
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import { SNSClient } from '@aws-sdk/client-sns'
import { SQSClient } from '@aws-sdk/client-sqs'
import { readResources } from '../operator/resources.ts'
import type { CloudEmulator } from './emulator.ts'

/** What a function wrote as one EMF line. */
export interface EmittedMetrics {
  dimensions: Record<string, string>
  /** Counts and milliseconds, by metric. */
  values: Record<string, number>
}

/** A deployed stack, as its operators reach it. */
export type Deployment = Awaited<ReturnType<typeof openDeployment>>

/** Opens the clients with which a deployed stack is looked at. */
export async function openDeployment(name: string, emulator: CloudEmulator) {
  const { endpoint, region } = emulator
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' }
  const config = { endpoint, region, credentials }
  const cloudFormation = new CloudFormationClient(config)
  const logs = new CloudWatchLogsClient(config)
  const { idsOf, idOf } = await readResources(cloudFormation, name)
  const apiId = idOf('AWS::ApiGatewayV2::Api', 'IngressApi')
  const { Stacks: [{ Outputs = [] } = {}] = [] } = await cloudFormation.send(
    new DescribeStacksCommand({ StackName: name }),
  )
  const outputOf = (name: string) => Outputs.find(({ OutputKey }) => OutputKey === name)?.OutputValue ?? ''

  return {
    name,
    cloudFormation,
    cloudWatch: new CloudWatchClient({ ...config, disableRequestCompression: true }),
    dynamoDb: new DynamoDBClient(config),
    lambda: new LambdaClient(config),
    secrets: new SecretsManagerClient(config),
    sqs: new SQSClient(config),
    sns: new SNSClient(config),
    idsOf,
    idOf,
    outputOf,

    /** What providers call and may sign, without a slash at its end. */
    publicUrl: outputOf('QueryUrl').replace(/\/v1$/, ''),

    /** Where a route of the deployed API is reached. */
    urlOf: (target: string): string => `${endpoint}/_aws/execute-api/${apiId}/$default${target}`,

    /** Every metric in the logs of the stack's functions, oldest first. */
    async readMetrics(): Promise<EmittedMetrics[]> {
      const events = await Promise.all(
        idsOf('AWS::Logs::LogGroup').map(async (logGroupName) => {
          const messages: string[] = []
          let nextToken: string | undefined
          do {
            const page = await logs.send(new FilterLogEventsCommand({ logGroupName, nextToken }))
            messages.push(...(page.events ?? []).map(({ message = '' }) => message))
            nextToken = page.nextToken
          } while (nextToken !== undefined)
          return messages
        }),
      )
      return events.flat().flatMap(emittedBy)
    },
  }
}

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html */
function emittedBy(line: string): EmittedMetrics[] {
  const start = line.indexOf('{"_aws"')
  if (start < 0) return []
  const { _aws, ...rest } = JSON.parse(line.slice(start))
  const [{ Dimensions, Metrics }] = _aws.CloudWatchMetrics
  const pick = (names: string[]) => Object.fromEntries(names.map((name) => [name, rest[name]]))
  return [{ dimensions: pick(Dimensions[0]), values: pick(Metrics.map(({ Name }: { Name: string }) => Name)) }]
}
