import { ArnFormat, Duration, Stack } from 'aws-cdk-lib'
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources'
import { Secret } from 'aws-cdk-lib/aws-secretsmanager'
import { type ITopic, Subscription, SubscriptionFilter, SubscriptionProtocol } from 'aws-cdk-lib/aws-sns'
import { type IQueue, Queue } from 'aws-cdk-lib/aws-sqs'
import { Construct } from 'constructs'
import type { Endpoint } from '../functions/domain/endpoint.ts'
import { SENDER_SOURCE } from '../functions/sender/event-source.ts'
import { grantUse, queueEncryption } from './encryption.ts'
import { allow, LedgerFunction, type LedgerFunctionProps } from './lambda.ts'
import { GENERATED_KEY } from './secret.ts'

/** What an endpoint is built from. */
export interface WebhookProps {
  endpoint: Endpoint
  /** The most requests at the same time. */
  concurrency: number
  /** The topic that has recipients in the endpoint's form. */
  topic: ITopic
  /** The table of the states of all endpoints. */
  table: { tableName: string; tableArn: string }
  shared: Pick<LedgerFunctionProps, 'logRetention' | 'serviceName' | 'encryptionKey'>
}

/**
 * One endpoint that is sent events: a queue that subscribes to the topic with the endpoint's filter, the sender that the queue feeds, a
 * secret to sign with, and a dead-letter queue. No other endpoint waits for it.
 */
export class Webhook extends Construct {
  readonly endpoint: Endpoint
  readonly queue: Queue
  readonly deadLetters: Queue
  readonly secret: Secret
  readonly sender: LedgerFunction
  /** The id of the event source mapping, which the keeper disables while the endpoint is paused. */
  readonly mapping: string

  constructor(scope: Construct, id: string, { endpoint, concurrency, topic, table, shared }: WebhookProps) {
    super(scope, id)
    this.endpoint = endpoint
    const { encryptionKey } = shared
    const secured = { ...queueEncryption(encryptionKey), enforceSSL: true, retentionPeriod: Duration.days(14) }
    this.deadLetters = new Queue(this, 'DeadLetters', secured)
    this.queue = new Queue(this, 'Queue', {
      ...secured,
      visibilityTimeout: Duration.seconds(SENDER_SOURCE.visibilityTimeout),
      deadLetterQueue: { queue: this.deadLetters, maxReceiveCount: SENDER_SOURCE.maxReceiveCount },
    })
    this.secret = new Secret(this, 'Secret', {
      description: `delivery-ledger: signs what is sent to ${endpoint.name}`,
      generateSecretString: GENERATED_KEY,
      ...(encryptionKey && { encryptionKey }),
    })
    this.subscribe(topic)
    this.sender = new LedgerFunction(this, 'Sender', {
      ...shared,
      entry: 'sender',
      description: `Sends events to ${endpoint.name}`,
      memory: 256,
      timeout: SENDER_SOURCE.senderTimeout,
      environment: {
        ENDPOINT: JSON.stringify(endpoint),
        WEBHOOK_SECRET: this.secret.secretArn,
        QUEUE_URL: this.queue.queueUrl,
        DEAD_LETTERS_URL: this.deadLetters.queueUrl,
        WEBHOOKS_TABLE: table.tableName,
      },
    })
    allow(this.sender, ['sqs:SendMessage'], this.deadLetters.queueArn)
    allow(this.sender, ['secretsmanager:GetSecretValue'], this.secret.secretArn)
    this.allowOwnRows(table.tableArn)
    grantUse(encryptionKey, this.sender)
    const source = new SqsEventSource(this.queue, {
      batchSize: SENDER_SOURCE.batchSize,
      maxBatchingWindow: Duration.seconds(SENDER_SOURCE.batchingWindow),
      reportBatchItemFailures: true,
      maxConcurrency: concurrency,
    })
    this.sender.addEventSource(source)
    this.mapping = source.eventSourceMappingId
  }

  /** What the topic cannot deliver goes to the dead-letter queue too: for SNS a queue that refuses is no reason to try again. */
  private subscribe(topic: ITopic): void {
    const { filter } = this.endpoint
    const { policyDependable } = this.queue.addToResourcePolicy(
      new PolicyStatement({
        principals: [new ServicePrincipal('sns.amazonaws.com')],
        actions: ['sqs:SendMessage'],
        resources: [this.queue.queueArn],
        conditions: { ArnEquals: { 'aws:SourceArn': topic.topicArn } },
      }),
    )
    const subscription = new Subscription(this, 'Subscription', {
      topic,
      protocol: SubscriptionProtocol.SQS,
      endpoint: this.queue.queueArn,
      rawMessageDelivery: true,
      ...(Object.keys(filter).length > 0 && { filterPolicy: policyOf(filter) }),
      deadLetterQueue: this.deadLetters as IQueue,
    })
    if (policyDependable) subscription.node.addDependency(policyDependable)
  }

  /** Its state, which is one row, and what was told to it, by the deliveries that it is about. */
  private allowOwnRows(table: string): void {
    const rights = [
      { actions: ['dynamodb:GetItem', 'dynamodb:UpdateItem'], keys: `endpoint#${this.endpoint.name}` },
      { actions: ['dynamodb:BatchWriteItem'], keys: 'told#*' },
    ]
    for (const { actions, keys } of rights)
      this.sender.addToRolePolicy(
        new PolicyStatement({
          actions,
          resources: [table],
          conditions: { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': [keys] } },
        }),
      )
  }

  /** What programs know an endpoint by. */
  get settings() {
    const { name, url } = this.endpoint
    return {
      name,
      url,
      queueUrl: this.queue.queueUrl,
      deadLettersUrl: this.deadLetters.queueUrl,
      secret: this.secret.secretArn,
      mapping: this.mapping,
    }
  }

  /** The ARN of the event source mapping. */
  get mappingArn(): string {
    return Stack.of(this).formatArn({
      service: 'lambda',
      resource: 'event-source-mapping',
      resourceName: this.mapping,
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    })
  }
}

const policyOf = (filter: Endpoint['filter']): Record<string, SubscriptionFilter> =>
  Object.fromEntries(
    Object.entries(filter).map(([name, allowlist]) => [name, SubscriptionFilter.stringFilter({ allowlist })]),
  )
