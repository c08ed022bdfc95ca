import { Aws, CfnOutput, Stack } from 'aws-cdk-lib'
import type { ITable } from 'aws-cdk-lib/aws-dynamodb'
import { AccountPrincipal, AnyPrincipal, Effect, PolicyStatement } from 'aws-cdk-lib/aws-iam'
import { Alias } from 'aws-cdk-lib/aws-kms'
import { FilterCriteria, FilterRule, StartingPosition } from 'aws-cdk-lib/aws-lambda'
import { DynamoEventSource } from 'aws-cdk-lib/aws-lambda-event-sources'
import { Topic } from 'aws-cdk-lib/aws-sns'
import { Construct } from 'constructs'
import { RECIPIENT_FORMS, type RecipientForm } from '../functions/domain/event.ts'
import type { OutletSettings } from '../functions/domain/outlet.ts'
import { DELIVERY_STREAM_SOURCE } from '../functions/publisher/stream-source.ts'
import { acknowledgeStreamList } from './acknowledgements.ts'
import type { Configuration } from './configuration.ts'
import type { Deliveries } from './deliveries.ts'
import { grantUse } from './encryption.ts'
import { allow, LedgerFunction, type LedgerFunctionProps } from './lambda.ts'

/** What the events are built from. */
export interface EventsProps extends NonNullable<Configuration['events']> {
  stage: string
  /** The forms in which endpoints are sent recipients. */
  forms: readonly RecipientForm[]
  deliveries: Deliveries
  shared: Pick<LedgerFunctionProps, 'logRetention' | 'serviceName' | 'encryptionKey'>
}

/** The topics beside the stage's own, which keeps its id when its form changes. */
const OTHER_TOPICS = { plain: 'PlainTopic', masked: 'MaskedTopic', hashed: 'HashedTopic' }

/**
 * The topic that is told of each new record, of where each delivery stands, and of what is overdue, and the event bus that is told as
 * well; the follower publishes records, the publisher what changes in the table of deliveries.
 */
export class Events extends Construct {
  readonly topic: Topic
  /** A topic for each form of recipients: the stage's own, and those of endpoints besides. */
  readonly topics: Partial<Record<RecipientForm, Topic>>
  readonly publisher: LedgerFunction
  /** The rights of who publishes events. */
  readonly rights: PolicyStatement[]

  constructor(scope: Construct, id: string, { stage, recipients, bus, forms, deliveries, shared }: EventsProps) {
    super(scope, id)
    const masterKey = shared.encryptionKey ?? Alias.fromAliasName(this, 'Key', 'alias/aws/sns')
    const create = (id: string) => new Topic(this, id, { enforceSSL: true, masterKey })
    this.topic = create('Topic')
    const others = RECIPIENT_FORMS.filter((form) => form !== recipients && forms.includes(form))
    this.topics = {
      [recipients]: this.topic,
      ...Object.fromEntries(others.map((form) => [form, create(OTHER_TOPICS[form])])),
    }
    for (const topic of Object.values(this.topics)) letOnlyOwnQueuesSubscribe(topic)
    const outlets: OutletSettings[] = [
      ...[recipients, ...others].map((form) => ({ recipients: form, topic: this.topics[form]?.topicArn ?? '' })),
      ...(bus === undefined ? [] : [{ recipients, bus }]),
    ]
    this.rights = [
      new PolicyStatement({
        actions: ['sns:Publish'],
        resources: Object.values(this.topics).map(({ topicArn }) => topicArn),
      }),
      ...(bus === undefined ? [] : [new PolicyStatement({ actions: ['events:PutEvents'], resources: [bus] })]),
    ]
    const environment = { OUTLETS: JSON.stringify(outlets), STAGE: stage }
    this.publisher = new LedgerFunction(this, 'Publisher', {
      ...shared,
      entry: 'publisher',
      description: 'Publishes where deliveries stand, and which are overdue',
      memory: 512,
      timeout: DELIVERY_STREAM_SOURCE.publisherTimeout,
      environment: {
        ...environment,
        HASH_KEY_SECRET: deliveries.hashKey.secretArn,
        PARKED_URL: deliveries.parked.queueUrl,
      },
    })
    allow(this.publisher, ['secretsmanager:GetSecretValue'], deliveries.hashKey.secretArn)
    allow(this.publisher, ['sqs:SendMessage'], deliveries.parked.queueArn)
    grantUse(shared.encryptionKey, this.publisher)
    this.publisher.addEventSource(
      new DynamoEventSource(deliveries.table as ITable, {
        startingPosition: StartingPosition.TRIM_HORIZON,
        batchSize: DELIVERY_STREAM_SOURCE.batchSize,
        filters: ['INSERT', 'MODIFY'].map((name) => FilterCriteria.filter({ eventName: FilterRule.isEqual(name) })),
        // A batch fails only while nothing can be published: it is tried until the stream's 24 hours are over.
        retryAttempts: -1,
      }),
    )
    acknowledgeStreamList(this.publisher)
    for (const [name, value] of Object.entries(environment)) deliveries.follower.addEnvironment(name, value)
    for (const lambda of [this.publisher, deliveries.follower])
      for (const right of this.rights) lambda.addToRolePolicy(right)
    new CfnOutput(Stack.of(this), 'EventTopic', {
      value: this.topic.topicArn,
      description: 'Subscribe a queue to it to receive events',
    })
    new CfnOutput(Stack.of(this), 'EventsSettings', {
      value: JSON.stringify({ stage, outlets }),
      description: 'Where events are published, and how recipients are written there; the command line reads it',
    })
  }
}

/**
 * Queues of the account may subscribe, and nothing else may, whoever asks: a right of the caller's own is enough within an account,
 * so all others are denied.
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsns.html#amazonsns-policy-keys
 */
function letOnlyOwnQueuesSubscribe(topic: Topic): void {
  const { partition } = Stack.of(topic)
  const common = { actions: ['sns:Subscribe'], resources: [topic.topicArn] }
  topic.addToResourcePolicy(
    new PolicyStatement({
      ...common,
      sid: 'OwnQueues',
      principals: [new AccountPrincipal(Aws.ACCOUNT_ID)],
      conditions: { StringEquals: { 'sns:Protocol': 'sqs' } },
    }),
  )
  const denied = { ...common, effect: Effect.DENY, principals: [new AnyPrincipal()] }
  topic.addToResourcePolicy(
    new PolicyStatement({
      ...denied,
      sid: 'NoOtherProtocol',
      conditions: { StringNotEquals: { 'sns:Protocol': 'sqs' } },
    }),
  )
  topic.addToResourcePolicy(
    new PolicyStatement({
      ...denied,
      sid: 'NoOtherAccount',
      conditions: { StringNotLike: { 'sns:Endpoint': `arn:${partition}:sqs:*:${Aws.ACCOUNT_ID}:*` } },
    }),
  )
}
