import { CfnOutput, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib'
import { AttributeType, type ITable, ProjectionType, StreamViewType, Table } from 'aws-cdk-lib/aws-dynamodb'
import { Rule, Schedule } from 'aws-cdk-lib/aws-events'
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets'
import { FilterCriteria, FilterRule, StartingPosition } from 'aws-cdk-lib/aws-lambda'
import { DynamoEventSource } from 'aws-cdk-lib/aws-lambda-event-sources'
import { Secret } from 'aws-cdk-lib/aws-secretsmanager'
import { Queue } from 'aws-cdk-lib/aws-sqs'
import { Construct } from 'constructs'
import { STREAM_SOURCE } from '../functions/follower/stream-source.ts'
import { INDEXES, type IndexName } from '../functions/platform/delivery-indexes.ts'
import { SCHEDULE } from '../functions/sweeper/schedule.ts'
import { acknowledgeParkedQueue, acknowledgeStreamList, acknowledgeSweep } from './acknowledgements.ts'
import type { Configuration } from './configuration.ts'
import { grantUse, queueEncryption } from './encryption.ts'
import { allow, LedgerFunction, type LedgerFunctionProps } from './lambda.ts'
import { type LedgerTables, tableProps } from './ledger-table.ts'
import { GENERATED_KEY } from './secret.ts'

/** What the deliveries are built from. */
export interface DeliveriesProps {
  configuration: Configuration
  tables: LedgerTables
  shared: Pick<LedgerFunctionProps, 'logRetention' | 'serviceName' | 'encryptionKey'>
}

/**
 * The indexes of every stage: an empty one costs nothing, and CloudFormation could not make both when a stage begins to watch for
 * what is overdue, since DynamoDB creates or deletes one index in an update.
 * https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_UpdateTable.html
 */
const ALWAYS = ['open', 'overdue'] as const satisfies IndexName[]

/** The indexes whose keys are hashes. */
const HASHED: ReadonlySet<IndexName> = new Set(['recipient', 'reference', 'campaign'])

/** Whether anything can become overdue in a stage. */
export const watchesForOverdue = ({ patience, expectations }: Configuration): boolean =>
  expectations || Object.values(patience).some((hours) => hours !== null)

/** Where each delivery stands: a table with an index for each look-up of the stage, the follower that keeps it, and the sweeper. */
export class Deliveries extends Construct {
  readonly table: Table
  /** The secret by which recipients, references and campaigns are named in keys. Another value would find none of the rows. */
  readonly hashKey: Secret
  /** Keys of rows of the ledger that the follower could not handle. */
  readonly parked: Queue
  readonly follower: LedgerFunction
  /** Undefined where nothing can become overdue. */
  readonly sweeper: LedgerFunction | undefined
  /** The indexes by which the stage asks for deliveries. */
  private readonly questions: readonly IndexName[]
  /** The variables by which functions open the deliveries. */
  readonly environment: Record<string, string>

  constructor(scope: Construct, id: string, props: DeliveriesProps) {
    super(scope, id)
    const { configuration, shared } = props
    const { lookups, patience, expectations } = configuration
    this.questions = watchesForOverdue(configuration) ? [...lookups, 'overdue'] : lookups
    this.table = this.createTable(configuration, shared)
    this.hashKey = new Secret(this, 'HashKey', {
      description:
        'delivery-ledger: hashes recipients, references and campaigns in keys of the deliveries; never change it',
      generateSecretString: GENERATED_KEY,
      // A table that is kept is of no use without it.
      removalPolicy: configuration.removeTables ? RemovalPolicy.DESTROY : RemovalPolicy.RETAIN,
      ...(shared.encryptionKey && { encryptionKey: shared.encryptionKey }),
    })
    this.environment = {
      DELIVERIES_TABLE: this.table.tableName,
      HASH_KEY_SECRET: this.hashKey.secretArn,
      LOOKUPS: JSON.stringify(lookups),
      PATIENCE: JSON.stringify(patience),
      EXPECTATIONS: String(expectations),
      LEDGER_RETENTION_DAYS: String(configuration.ledgerRetentionDays ?? ''),
    }
    this.parked = new Queue(this, 'Parked', {
      ...queueEncryption(shared.encryptionKey),
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
    })
    acknowledgeParkedQueue(this.parked)
    this.follower = this.addFollower(props)
    this.sweeper = watchesForOverdue(configuration) ? this.addSweeper(props) : undefined
    new CfnOutput(Stack.of(this), 'DeliveriesSettings', {
      value: JSON.stringify({ lookups, patience, expectations, retentionDays: configuration.ledgerRetentionDays }),
      description: 'What deliveries can be looked up by, and when they are overdue; the command line reads it',
    })
  }

  /** Lets a function find deliveries by what the stage asks for. */
  allowLookUps(lambda: LedgerFunction): void {
    if (this.questions.length === 0) return
    for (const name of this.questions) allow(lambda, ['dynamodb:Query'], this.arnOf(name))
    allow(lambda, ['dynamodb:BatchGetItem'], this.table.tableArn)
    if (this.questions.some((name) => HASHED.has(name)))
      allow(lambda, ['secretsmanager:GetSecretValue'], this.hashKey.secretArn)
  }

  /** Lets a function read the deliveries of a message, and all that failed where those are few: what the stage asks for. */
  allowMessages(lambda: LedgerFunction): void {
    if (this.questions.length > 0) allow(lambda, ['dynamodb:Query'], this.table.tableArn)
    if (this.questions.includes('failed')) allow(lambda, ['dynamodb:Scan'], this.arnOf('failed'))
  }

  /** Lets a function count what is open and what is overdue, where anything can be: both indexes hold nothing else. */
  allowCounts(lambda: LedgerFunction): void {
    if (this.sweeper === undefined) return
    for (const name of ['open', 'overdue'] as const) allow(lambda, ['dynamodb:Scan'], this.arnOf(name))
  }

  /** Lets a function, which may read the ledger, keep what senders expect, and bring the deliveries that it is about up to date. */
  allowExpectations(lambda: LedgerFunction): void {
    allow(lambda, ['dynamodb:Query', 'dynamodb:UpdateItem'], this.table.tableArn)
    allow(lambda, ['secretsmanager:GetSecretValue'], this.hashKey.secretArn)
  }

  private createTable({ lookups, removeTables }: Configuration, { encryptionKey }: DeliveriesProps['shared']): Table {
    const table = new Table(this, 'Table', {
      ...tableProps({ remove: removeTables, encryptionKey }),
      stream: StreamViewType.NEW_AND_OLD_IMAGES,
    })
    for (const indexName of [...lookups, ...ALWAYS]) {
      const { partition, sort } = INDEXES[indexName]
      table.addGlobalSecondaryIndex({
        indexName,
        partitionKey: { name: partition, type: AttributeType.STRING },
        sortKey: { name: sort, type: AttributeType.STRING },
        projectionType: ProjectionType.KEYS_ONLY,
      })
    }
    return table
  }

  private addFollower({ configuration, tables, shared }: DeliveriesProps): LedgerFunction {
    const follower = new LedgerFunction(this, 'Follower', {
      ...shared,
      entry: 'follower',
      description: 'Keeps the deliveries of new status records up to date',
      memory: 512,
      timeout: STREAM_SOURCE.followerTimeout,
      environment: {
        ...this.environment,
        LEDGER_TABLE: tables.ledger.tableName,
        PARKED_URL: this.parked.queueUrl,
      },
    })
    allow(follower, ['dynamodb:Query'], tables.ledger.tableArn)
    allow(follower, ['dynamodb:Query', 'dynamodb:UpdateItem'], this.table.tableArn)
    allow(follower, ['secretsmanager:GetSecretValue'], this.hashKey.secretArn)
    allow(follower, ['sqs:SendMessage'], this.parked.queueArn)
    grantUse(shared.encryptionKey, follower)
    follower.addEventSource(
      new DynamoEventSource(tables.ledger as ITable, {
        // LATEST may miss what is written while the mapping is created.
        startingPosition: StartingPosition.TRIM_HORIZON,
        batchSize: STREAM_SOURCE.batchSize,
        parallelizationFactor: configuration.followersPerShard,
        filters: [FilterCriteria.filter({ eventName: FilterRule.isEqual('INSERT') })],
        // A batch fails only where nothing can be reached or parked: it is tried until the stream's 24 hours are over.
        retryAttempts: -1,
      }),
    )
    acknowledgeStreamList(follower)
    return follower
  }

  private addSweeper({ shared }: DeliveriesProps): LedgerFunction {
    const sweeper = new LedgerFunction(this, 'Sweeper', {
      ...shared,
      entry: 'sweeper',
      description: 'Marks deliveries that are overdue',
      memory: 512,
      timeout: SCHEDULE.sweeperTimeout,
      environment: { DELIVERIES_TABLE: this.table.tableName },
    })
    allow(sweeper, ['dynamodb:GetItem', 'dynamodb:UpdateItem'], this.table.tableArn)
    allow(sweeper, ['dynamodb:Query'], this.arnOf('open'))
    grantUse(shared.encryptionKey, sweeper)
    const rule = new Rule(this, 'Sweep', {
      description: 'Looks for deliveries that are overdue',
      schedule: Schedule.rate(Duration.seconds(SCHEDULE.every)),
      targets: [new LambdaFunction(sweeper)],
    })
    acknowledgeSweep(rule)
    return sweeper
  }

  private arnOf(index: IndexName): string {
    return `${this.table.tableArn}/index/${index}`
  }
}
