import { Aws, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib'
import { type IGrantable, PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import { Key } from 'aws-cdk-lib/aws-kms'
import { QueueEncryption } from 'aws-cdk-lib/aws-sqs'
import type { Construct } from 'constructs'

/** A customer-managed key with yearly rotation; it goes with the stack only if `remove`. */
function createKey(scope: Construct, id: string, description: string, remove: boolean): Key {
  const removalPolicy = remove ? RemovalPolicy.DESTROY : RemovalPolicy.RETAIN
  return new Key(scope, id, { description, enableKeyRotation: true, removalPolicy })
}

/**
 * A key for all that is stored, which CloudWatch Logs may use for the account's log groups.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html
 */
export function createStorageKey(scope: Construct, id: string, description: string, remove: boolean): Key {
  const key = createKey(scope, id, description, remove)
  const { region, account, partition } = Stack.of(scope)
  key.addToResourcePolicy(
    new PolicyStatement({
      principals: [new ServicePrincipal(`logs.${region}.amazonaws.com`)],
      actions: ['kms:Encrypt*', 'kms:Decrypt*', 'kms:ReEncrypt*', 'kms:GenerateDataKey*', 'kms:Describe*'],
      resources: ['*'],
      conditions: { ArnLike: { 'kms:EncryptionContext:aws:logs:arn': `arn:${partition}:logs:${region}:${account}:*` } },
    }),
  )
  return key
}

/**
 * Lets topics of the stack send to its queues, which the key encrypts. By the stack's name: the topics are encrypted with the key too,
 * so its policy cannot name them.
 * https://docs.aws.amazon.com/sns/latest/dg/sns-enable-encryption-for-topic-sqs-queue-subscriptions.html
 */
export function letTopicsSend(key: Key): void {
  const { region, account, partition, stackName } = Stack.of(key)
  key.addToResourcePolicy(
    new PolicyStatement({
      principals: [new ServicePrincipal('sns.amazonaws.com')],
      actions: ['kms:Decrypt', 'kms:GenerateDataKey*'],
      resources: ['*'],
      conditions: {
        StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID },
        ArnLike: { 'aws:SourceArn': `arn:${partition}:sns:${region}:${account}:${stackName}-*` },
      },
    }),
  )
}

/**
 * A key for a topic that CloudWatch's alarms publish to; AWS's own key for SNS does not allow that.
 * https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html#compatibility-with-aws-services
 */
export function createAlarmKey(scope: Construct, id: string, description: string): Key {
  const key = createKey(scope, id, description, true)
  key.addToResourcePolicy(
    new PolicyStatement({
      principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
      actions: ['kms:Decrypt', 'kms:GenerateDataKey*'],
      resources: ['*'],
      conditions: { StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID } },
    }),
  )
  return key
}

/** How a queue is encrypted: by a key, else by SQS's own. */
export const queueEncryption = (key: Key | undefined) =>
  key === undefined
    ? { encryption: QueueEncryption.SQS_MANAGED }
    : { encryption: QueueEncryption.KMS, encryptionMasterKey: key, dataKeyReuse: Duration.hours(1) }

/** Allows a function to use what a key protects; does nothing without a key, where AWS's own keys are used. */
export const grantUse = (key: Key | undefined, grantee: IGrantable): void => void key?.grantEncryptDecrypt(grantee)
