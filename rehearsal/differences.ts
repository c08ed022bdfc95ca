import { randomBytes } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ListMetricsCommand, PutMetricDataCommand } from '@aws-sdk/client-cloudwatch'
import {
  type AttributeValue,
  DeleteItemCommand,
  PutItemCommand,
  paginateScan,
  UpdateContinuousBackupsCommand,
  UpdateTimeToLiveCommand,
} from '@aws-sdk/client-dynamodb'
import { PutSecretValueCommand } from '@aws-sdk/client-secrets-manager'
import { GetQueueAttributesCommand, SetQueueAttributesCommand } from '@aws-sdk/client-sqs'
import pMap from 'p-map'
import type { Deployment } from './deployment.ts'
import type { Receiver } from './receiver.ts'

/** Something that the emulator (MiniStack 1.4.21) does unlike AWS, and what the rehearsal does about it. */
export interface Difference {
  of: string
  /** What is different, and which test covers it without the emulator. */
  reason: string
  /** Changes the copy of the sources that is deployed. */
  prepare?(folder: string, receiver: Receiver): void
  /** Does what AWS would have done. */
  correct?(deployment: Deployment): Promise<unknown>
}

/** Seconds, and how often: with the stack's own a message would be given up after ten hours. */
const SHORT_VISIBILITY = '1'
const FEW_RECEIVES = 10

export const DIFFERENCES: Difference[] = [
  {
    of: 'alarms that compute (metric math), metric filters',
    reason: 'They fail the deploy: the rehearsal stage leaves them out; template tests hold them.',
  },
  {
    of: 'metrics',
    reason:
      'EMF lines become no metrics: the rehearsal puts what the logs hold by hand, uncompressed, since zipped requests are not understood.',
  },
  {
    of: 'dimensions of metrics',
    reason:
      'An alarm looks at a metric whatever its dimensions: more alarms go into ALARM than should, so the rehearsal asks for those alone that must.',
  },
  {
    of: 'change sets',
    reason: 'They get stuck: the rehearsal deploys with --method=direct.',
  },
  {
    of: 'cdk destroy',
    reason: 'It fails on a change set too: the rehearsal asks CloudFormation to delete the stack by its name.',
  },
  {
    of: 'host names',
    reason: 'The host name of an API does not resolve: callbacks go to the same routes under /_aws/execute-api/.',
  },
  {
    of: 'odd requests',
    reason:
      'The doubled slash of Avaamo’s example finds no route: those callbacks stay out; tests send them to the local stack.',
  },
  {
    of: 'IAM, TLS, throttling',
    reason: 'Neither roles, policies nor throttles are enforced: template tests and cdk-nag hold them.',
  },
  {
    of: 'generated secrets',
    reason:
      'They hold punctuation that the stack excludes: the rehearsal encodes it where it sends a key, and gives endpoints another secret, which must be base64.',
    correct: ({ secrets, outputOf }) =>
      Promise.all(
        JSON.parse(outputOf('WebhooksSettings')).endpoints.map(({ secret }: { secret: string }) =>
          secrets.send(
            new PutSecretValueCommand({
              SecretId: secret,
              SecretString: JSON.stringify({ current: randomBytes(30).toString('base64') }),
            }),
          ),
        ),
      ),
  },
  {
    of: 'the Internet',
    reason:
      'The host of the endpoint is on this machine: in the copy of the sources its address is 127.0.0.1 and its certificate is trusted, which is verified as any other. The emulator’s own https.request takes no options beside a URL, so it gets the URL as options. Tests hold that private addresses are refused.',
    prepare(folder, { port, certificate }) {
      const file = join(folder, 'functions', 'platform', 'webhook.ts')
      const source = readFileSync(file, 'utf8')
      const own = [
        `ca: ${JSON.stringify(certificate)}`,
        `port: ${port}`,
        "lookup: (_, { all }, found) => (all ? found(null, [{ address: '127.0.0.1', family: 4 }]) : found(null, '127.0.0.1', 4))",
      ]
      const changed = source
        .replace('rejectUnauthorized: true,', `rejectUnauthorized: true, ${own.join(', ')},`)
        .replace('requestHttps)(url, {', 'requestHttps)({ hostname: url.hostname, path: url.pathname,')
      if (!changed.includes('ca: ') || !changed.includes('hostname: url'))
        throw new Error('expected another request in functions/platform/webhook.ts')
      writeFileSync(file, changed)
    },
  },
  {
    of: 'top-level await',
    reason:
      'It requires modules, which forbids it: no function waits there until it is warm. A benchmark starts them as AWS does.',
    prepare(folder) {
      const file = join(folder, 'functions', 'start.mjs')
      writeFileSync(file, readFileSync(file, 'utf8').replace('await ready', ''))
    },
  },
  {
    of: 'the schedule of the sweeper',
    reason: 'It fires as on AWS, but nobody waits for five minutes here: it sweeps each minute.',
    prepare(folder) {
      const file = join(folder, 'functions', 'sweeper', 'schedule.ts')
      writeFileSync(file, readFileSync(file, 'utf8').replace('every: 300', 'every: 60'))
    },
  },
  {
    of: 'answers that are a string',
    reason: 'They come as they are, not as JSON: the rehearsal takes either.',
  },
  {
    of: 'searches for metrics',
    reason:
      'They find none: the widget of outcomes is looked at for its unmapped words alone, which come from the log.',
  },
  {
    of: 'the stream of the ledger',
    reason: 'Rows that PartiQL inserts are not in it: the rehearsal deletes each row and puts it again, which is.',
  },
  {
    of: 'redrive policy',
    reason: 'CloudFormation drops it. Its numbers are smaller, too: 200 receives would take ten hours.',
    async correct({ sqs, idOf }) {
      const QueueUrl = idOf('AWS::SQS::Queue', 'PipelineCallbacks')
      const { Attributes } = await sqs.send(
        new GetQueueAttributesCommand({
          QueueUrl: idOf('AWS::SQS::Queue', 'PipelineDeadLetters'),
          AttributeNames: ['QueueArn'],
        }),
      )
      const RedrivePolicy = JSON.stringify({
        deadLetterTargetArn: Attributes?.QueueArn,
        maxReceiveCount: FEW_RECEIVES,
      })
      const attributes = { RedrivePolicy, VisibilityTimeout: SHORT_VISIBILITY }
      await sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes: attributes }))
    },
  },
  {
    of: 'expiry of rows, point-in-time recovery',
    reason: 'CloudFormation drops them; template tests hold them.',
    correct: ({ dynamoDb, idsOf }) =>
      Promise.all(
        idsOf('AWS::DynamoDB::Table').map(async (TableName) => {
          const TimeToLiveSpecification = { Enabled: true, AttributeName: 'expiresAt' }
          const PointInTimeRecoverySpecification = { PointInTimeRecoveryEnabled: true }
          await dynamoDb.send(new UpdateTimeToLiveCommand({ TableName, TimeToLiveSpecification }))
          await dynamoDb.send(new UpdateContinuousBackupsCommand({ TableName, PointInTimeRecoverySpecification }))
        }),
      ),
  },
]

/** Brings what was inserted into the ledger's stream; to be called when nothing writes. */
export async function streamInserts({ dynamoDb, idOf }: Deployment): Promise<void> {
  const TableName = idOf('AWS::DynamoDB::Table', 'TablesLedger')
  const rows: Record<string, AttributeValue>[] = []
  for await (const { Items = [] } of paginateScan({ client: dynamoDb }, { TableName })) rows.push(...Items)
  await pMap(
    rows,
    async (Item) => {
      const { pk, sk } = Item
      if (pk && sk) await dynamoDb.send(new DeleteItemCommand({ TableName, Key: { pk, sk } }))
      await dynamoDb.send(new PutItemCommand({ TableName, Item }))
    },
    { concurrency: 8 },
  )
}

/** Writes the metrics in the functions' logs to CloudWatch, as AWS does; gives how many metrics there are then. */
export async function extractMetrics({ cloudWatch, readMetrics }: Deployment): Promise<number> {
  const data = (await readMetrics()).flatMap(({ dimensions, values }) =>
    Object.entries(values).map(([MetricName, Value]) => ({
      MetricName,
      Value,
      Dimensions: Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value })),
    })),
  )
  await cloudWatch.send(new PutMetricDataCommand({ Namespace: 'DeliveryLedger', MetricData: data }))
  const { Metrics = [] } = await cloudWatch.send(new ListMetricsCommand({ Namespace: 'DeliveryLedger' }))
  return Metrics.length
}
