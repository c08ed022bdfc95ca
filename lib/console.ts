import { CfnOutput, Stack } from 'aws-cdk-lib'
import { RetentionDays } from 'aws-cdk-lib/aws-logs'
import { Construct } from 'constructs'
import { acknowledgeMetricReads } from './acknowledgements.ts'
import { AuditTrail } from './audit-trail.ts'
import type { Configuration } from './configuration.ts'
import type { Deliveries } from './deliveries.ts'
import { grantUse } from './encryption.ts'
import { allow, CATALOGUE, LedgerFunction, type LedgerFunctionProps } from './lambda.ts'
import type { LedgerTables } from './ledger-table.ts'
import type { Pipeline } from './pipeline.ts'
import type { Webhooks } from './webhooks.ts'

/** Megabytes that come with a whole processor, since a person waits: https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html */
const ONE_VCPU = 1_769

/** The inputs of the console. */
export interface ConsoleProps {
  configuration: Configuration
  pipeline: Pipeline
  tables: LedgerTables
  deliveries: Deliveries
  /** The endpoints that are sent events, where the stage has any. */
  webhooks?: Webhooks | undefined
  shared: Pick<LedgerFunctionProps, 'logRetention' | 'serviceName' | 'encryptionKey'>
}

const DESCRIPTIONS = {
  view: 'Shows messages, the quarantine and outcomes on the dashboard, recipients masked',
  reveal: 'Shows recipients on the dashboard',
  replay: 'Sends quarantined callbacks through the worker again',
  drop: 'Deletes quarantined callbacks',
}

type Right = keyof typeof DESCRIPTIONS

/** The functions behind the dashboard's custom widgets: one for each right, since whoever may invoke it has the right. */
export class Console extends Construct {
  readonly functions: Record<Right, LedgerFunction>

  constructor(
    scope: Construct,
    id: string,
    { configuration, pipeline, tables, deliveries, webhooks, shared }: ConsoleProps,
  ) {
    super(scope, id)
    const environment = {
      ...deliveries.environment,
      CATALOGUE,
      PROVIDERS: configuration.providers.join(),
      LEDGER_TABLE: tables.ledger.tableName,
      QUARANTINE_TABLE: tables.quarantine.tableName,
      QUEUE_URL: pipeline.queue.queueUrl,
      WORKER_LOG_GROUP: pipeline.worker.logGroup.logGroupName,
      STATUS_METRICS: String(configuration.statusMetrics),
      ...(webhooks && { WEBHOOKS: Stack.of(this).toJsonString(placesOf(webhooks)) }),
    }
    const create = (right: Right) => {
      const lambda = new LedgerFunction(this, right.charAt(0).toUpperCase() + right.slice(1), {
        ...shared,
        // Kept as long as the audit trail, which says who revealed, replayed or dropped it.
        logRetention: right === 'view' ? shared.logRetention : RetentionDays.ONE_YEAR,
        entry: 'console',
        description: DESCRIPTIONS[right],
        memory: ONE_VCPU,
        timeout: 30,
        environment: { ...environment, RIGHT: right },
      })
      grantUse(shared.encryptionKey, lambda)
      new CfnOutput(Stack.of(this), `Console${lambda.node.id}`, {
        value: lambda.functionArn,
        description: `Who may invoke it: ${DESCRIPTIONS[right]}`,
      })
      return lambda
    }
    const { view, reveal, replay, drop } = {
      view: create('view'),
      reveal: create('reveal'),
      replay: create('replay'),
      drop: create('drop'),
    }
    this.functions = { view, reveal, replay, drop }

    allow(view, ['dynamodb:Query'], tables.ledger.tableArn)
    allow(view, ['dynamodb:Query', 'dynamodb:GetItem'], tables.quarantine.tableArn)
    allow(view, ['logs:FilterLogEvents'], pipeline.worker.logGroup.logGroupArn)
    allow(view, ['cloudwatch:GetMetricData'], '*')
    acknowledgeMetricReads(view)
    deliveries.allowCounts(view)
    for (const lambda of [view, reveal]) {
      deliveries.allowLookUps(lambda)
      deliveries.allowMessages(lambda)
      if (webhooks) allowTold(lambda, webhooks, deliveries)
    }
    allow(reveal, ['dynamodb:Query'], tables.ledger.tableArn)
    allow(reveal, ['dynamodb:Query', 'dynamodb:GetItem'], tables.quarantine.tableArn)
    allow(replay, ['dynamodb:Query', 'dynamodb:GetItem'], tables.quarantine.tableArn)
    allow(replay, ['sqs:SendMessage'], pipeline.queue.queueArn)
    allow(
      drop,
      ['dynamodb:Query', 'dynamodb:GetItem', 'dynamodb:DeleteItem', 'dynamodb:BatchWriteItem'],
      tables.quarantine.tableArn,
    )

    if (configuration.auditTrail) new AuditTrail(this, 'Audit', { functions: [reveal, replay, drop], ...shared })
  }
}

/** Where the console finds the endpoints. */
const placesOf = ({ table, endpoints }: Webhooks) => ({
  table: table.tableName,
  endpoints: endpoints.map(({ settings: { name, queueUrl, deadLettersUrl } }) => ({ name, queueUrl, deadLettersUrl })),
})

/** Lets a function see how endpoints are, and when a delivery, which it names by the key of the hashes, was told to them. */
function allowTold(lambda: LedgerFunction, { table, endpoints }: Webhooks, { hashKey }: Deliveries): void {
  allow(lambda, ['dynamodb:GetItem', 'dynamodb:Query'], table.tableArn)
  for (const { queue, deadLetters } of endpoints)
    for (const { queueArn } of [queue, deadLetters]) allow(lambda, ['sqs:GetQueueAttributes'], queueArn)
  allow(lambda, ['secretsmanager:GetSecretValue'], hashKey.secretArn)
}
