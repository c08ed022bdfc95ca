import { Duration } from 'aws-cdk-lib'
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources'
import { Queue } from 'aws-cdk-lib/aws-sqs'
import { Construct } from 'constructs'
import { providersOf } from '../functions/domain/source.ts'
import { EVENT_SOURCE } from '../functions/worker/event-source.ts'
import type { Configuration } from './configuration.ts'
import { grantUse, queueEncryption } from './encryption.ts'
import { allow, LedgerFunction, type LedgerFunctionProps } from './lambda.ts'
import type { LedgerTables } from './ledger-table.ts'

/** The inputs of the pipeline. */
export interface PipelineProps {
  configuration: Configuration
  tables: LedgerTables
  shared: Pick<LedgerFunctionProps, 'logRetention' | 'serviceName' | 'encryptionKey'>
}

/** The queue that all callbacks go through, its dead-letter queue, and the worker that it feeds. */
export class Pipeline extends Construct {
  readonly queue: Queue
  readonly deadLetters: Queue
  readonly worker: LedgerFunction

  constructor(scope: Construct, id: string, { configuration, tables, shared }: PipelineProps) {
    super(scope, id)
    const { batch } = configuration
    const secured = {
      ...queueEncryption(shared.encryptionKey),
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
      maxMessageSizeBytes: MAX_MESSAGE_BYTES,
    }
    this.deadLetters = new Queue(this, 'DeadLetters', secured)
    this.queue = new Queue(this, 'Callbacks', {
      ...secured,
      visibilityTimeout: Duration.seconds(EVENT_SOURCE.visibilityTimeout + batch.window),
      deadLetterQueue: { queue: this.deadLetters, maxReceiveCount: EVENT_SOURCE.maxReceiveCount },
    })

    this.worker = new LedgerFunction(this, 'Worker', {
      ...shared,
      entry: 'worker',
      description: 'Normalizes callbacks and stores their status records',
      memory: 512,
      timeout: EVENT_SOURCE.workerTimeout,
      environment: {
        LEDGER_TABLE: tables.ledger.tableName,
        QUARANTINE_TABLE: tables.quarantine.tableName,
        PROVIDERS: providersOf(configuration.providers).join(),
        TIME_ZONES: JSON.stringify(configuration.timeZones),
        LEDGER_RETENTION_DAYS: String(configuration.ledgerRetentionDays ?? ''),
        STATUS_METRICS: String(configuration.statusMetrics),
      },
    })
    allow(this.worker, ['dynamodb:PartiQLInsert'], tables.ledger.tableArn)
    allow(
      this.worker,
      ['dynamodb:BatchWriteItem', 'dynamodb:UpdateItem', 'dynamodb:DeleteItem'],
      tables.quarantine.tableArn,
    )
    grantUse(shared.encryptionKey, this.worker)
    this.worker.addEventSource(
      new SqsEventSource(this.queue, {
        batchSize: batch.size,
        maxBatchingWindow: Duration.seconds(batch.window),
        reportBatchItemFailures: true,
        maxConcurrency: configuration.workerConcurrency,
      }),
    )
  }
}

/** The largest message that SQS accepts: a callback may be as large. */
const MAX_MESSAGE_BYTES = 1_048_576
