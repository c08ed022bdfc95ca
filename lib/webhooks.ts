import { CfnOutput, Duration, Stack } from 'aws-cdk-lib'
import { Table } from 'aws-cdk-lib/aws-dynamodb'
import { Rule, Schedule } from 'aws-cdk-lib/aws-events'
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets'
import { Construct } from 'constructs'
import type { RecipientForm } from '../functions/domain/event.ts'
import { KEEPER_SCHEDULE } from '../functions/keeper/schedule.ts'
import { acknowledgeKeeping } from './acknowledgements.ts'
import type { Configuration } from './configuration.ts'
import { grantUse, letTopicsSend } from './encryption.ts'
import type { Events } from './events.ts'
import { allow, LedgerFunction, type LedgerFunctionProps } from './lambda.ts'
import { tableProps } from './ledger-table.ts'
import { Webhook } from './webhook.ts'

/** What the webhooks are built from. */
export interface WebhooksProps {
  configuration: Configuration
  events: Events
  shared: Pick<LedgerFunctionProps, 'logRetention' | 'serviceName' | 'encryptionKey'>
}

/** The forms in which the stage's endpoints are sent recipients. */
export const formsOf = ({ webhooks = [], events }: Configuration): RecipientForm[] =>
  webhooks.flatMap(({ recipients }) => recipients ?? events?.recipients ?? [])

/** The endpoints of a stage, the table of their states, and the keeper that pauses, probes and resumes them. */
export class Webhooks extends Construct {
  readonly table: Table
  readonly endpoints: readonly Webhook[]
  readonly keeper: LedgerFunction

  constructor(scope: Construct, id: string, { configuration, events, shared }: WebhooksProps) {
    super(scope, id)
    // States are remade and what was told is kept for a month: with the stack it is of no use.
    this.table = new Table(this, 'Table', tableProps({ remove: true, encryptionKey: shared.encryptionKey }))
    if (shared.encryptionKey) letTopicsSend(shared.encryptionKey)
    const forms = formsOf(configuration)
    this.endpoints = (configuration.webhooks ?? []).map(({ concurrency, ...endpoint }, index) => {
      const recipients = forms[index] as RecipientForm
      return new Webhook(this, endpoint.name, {
        endpoint: { ...endpoint, recipients },
        concurrency,
        topic: events.topics[recipients] ?? events.topic,
        table: this.table,
        shared,
      })
    })
    this.keeper = this.addKeeper(shared)
    new CfnOutput(Stack.of(this), 'WebhooksSettings', {
      value: Stack.of(this).toJsonString({
        table: this.table.tableName,
        endpoints: this.endpoints.map(({ endpoint: { filter, recipients }, settings }) => ({
          ...settings,
          filter,
          recipients,
        })),
      }),
      description: 'The endpoints that are sent events, and their queues; the command line reads it',
    })
  }

  private addKeeper(shared: WebhooksProps['shared']): LedgerFunction {
    const keeper = new LedgerFunction(this, 'Keeper', {
      ...shared,
      entry: 'keeper',
      description: 'Pauses, probes and resumes endpoints',
      memory: 256,
      timeout: KEEPER_SCHEDULE.keeperTimeout,
      environment: {
        ENDPOINTS: Stack.of(this).toJsonString(this.endpoints.map(({ settings }) => settings)),
        WEBHOOKS_TABLE: this.table.tableName,
      },
    })
    allow(keeper, ['dynamodb:GetItem', 'dynamodb:UpdateItem', 'dynamodb:BatchWriteItem'], this.table.tableArn)
    for (const { queue, deadLetters, secret, mappingArn } of this.endpoints) {
      allow(keeper, ['lambda:GetEventSourceMapping', 'lambda:UpdateEventSourceMapping'], mappingArn)
      allow(keeper, ['sqs:ReceiveMessage', 'sqs:ChangeMessageVisibility', 'sqs:DeleteMessage'], queue.queueArn)
      allow(keeper, ['sqs:SendMessage'], deadLetters.queueArn)
      allow(keeper, ['secretsmanager:GetSecretValue'], secret.secretArn)
    }
    grantUse(shared.encryptionKey, keeper)
    const rule = new Rule(this, 'Minutely', {
      description: 'Looks after the endpoints',
      schedule: Schedule.rate(Duration.seconds(KEEPER_SCHEDULE.every)),
      targets: [new LambdaFunction(keeper)],
    })
    acknowledgeKeeping(rule)
    return keeper
  }
}
