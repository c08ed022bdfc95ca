import { CfnOutput, Stack } from 'aws-cdk-lib'
import { ManagedPolicy, PolicyStatement } from 'aws-cdk-lib/aws-iam'
import type { Key } from 'aws-cdk-lib/aws-kms'
import { Construct } from 'constructs'
import type { Deliveries } from './deliveries.ts'
import type { Events } from './events.ts'
import type { LedgerTables } from './ledger-table.ts'
import type { Webhooks } from './webhooks.ts'

/** What the right is about. */
export interface RemapRightProps {
  tables: LedgerTables
  deliveries: Deliveries
  events: Events | undefined
  webhooks: Webhooks | undefined
  encryptionKey: Key | undefined
}

/** The attributes of a row that `ledger remap` may name: its key, and those that the mapping decides. */
const ATTRIBUTES = ['pk', 'sk', 'status', 'final', 'order', 'normalizer']

/**
 * The right to run `ledger remap --apply`, as a policy to attach to its users: to read the ledger, and to change of
 * its rows what a mapping decides, nothing else; and to bring the deliveries up to date and publish parked events, as `ledger project` does, or all, as
 * `ledger republish` does.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/specifying-conditions.html
 */
export class RemapRight extends Construct {
  constructor(
    scope: Construct,
    id: string,
    { tables: { ledger }, deliveries, events, webhooks, encryptionKey }: RemapRightProps,
  ) {
    super(scope, id)
    const stack = Stack.of(this)
    const policy = new ManagedPolicy(this, 'Policy', {
      description:
        'ledger remap --apply: writes the status, finality, order and mapping version of rows of the ledger, and the deliveries',
      statements: [
        new PolicyStatement({
          actions: ['cloudformation:DescribeStacks', 'cloudformation:ListStackResources'],
          resources: [stack.stackId],
        }),
        new PolicyStatement({
          actions: ['dynamodb:DescribeTable', 'dynamodb:Query', 'dynamodb:Scan'],
          resources: [ledger.tableArn],
        }),
        new PolicyStatement({
          actions: ['dynamodb:UpdateItem'],
          resources: [ledger.tableArn],
          conditions: {
            'ForAllValues:StringEquals': { 'dynamodb:Attributes': ATTRIBUTES },
            StringEqualsIfExists: { 'dynamodb:ReturnValues': ['NONE', 'UPDATED_OLD', 'UPDATED_NEW'] },
          },
        }),
        new PolicyStatement({
          actions: [
            'dynamodb:Query',
            'dynamodb:UpdateItem',
            ...(events === undefined ? [] : ['dynamodb:DescribeTable', 'dynamodb:Scan']),
          ],
          resources: [deliveries.table.tableArn],
        }),
        new PolicyStatement({
          actions: ['sqs:GetQueueAttributes', 'sqs:ReceiveMessage', 'sqs:DeleteMessage'],
          resources: [deliveries.parked.queueArn],
        }),
        new PolicyStatement({
          actions: ['secretsmanager:GetSecretValue'],
          resources: [deliveries.hashKey.secretArn],
        }),
        ...(events?.rights ?? []),
        ...(webhooks === undefined
          ? []
          : [
              new PolicyStatement({
                actions: ['sqs:SendMessage'],
                resources: webhooks.endpoints.map(({ queue }) => queue.queueArn),
              }),
            ]),
        ...(encryptionKey === undefined
          ? []
          : [
              new PolicyStatement({
                // https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html
                actions: ['kms:Decrypt', ...(events === undefined ? [] : ['kms:GenerateDataKey*'])],
                resources: [encryptionKey.keyArn],
              }),
            ]),
      ],
    })
    new CfnOutput(stack, 'RemapPolicy', {
      value: policy.managedPolicyArn,
      description: 'Attach it to who may run `ledger remap --apply`, `ledger project` and `ledger republish`',
    })
  }
}
