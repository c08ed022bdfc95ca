import { Validations } from 'aws-cdk-lib'
import type { IFunction } from 'aws-cdk-lib/aws-lambda'
import type { IConstruct } from 'constructs'

/** The findings of cdk-nag that are on purpose, each with the reason. */
const REASONS = {
  'AwsSolutions::AwsSolutions-SMG4':
    'A key that a provider, or the consumer of webhooks, holds too can only be rotated together with them. The secret keeps the current and the previous key, so that an operator rotates it without refusing a callback or an event. The key by which recipients, references and campaigns are hashed stays as it is: with another one no row would be found.',
  'Serverless::Serverless-LambdaDLQ':
    'A dead-letter target is for asynchronous invocations. Receivers and the query function are invoked synchronously by API Gateway, whose caller gets the error; the worker is invoked by the event source of a queue that has a dead-letter queue, the follower by that of a stream, which parks what it cannot handle. A sweep that fails is done by the next one, from where the last one ended, and what the keeper of the endpoints fails to do by its next minute.',
  'Serverless::Serverless-LambdaEventSourceMappingDestination':
    'One source is an SQS queue, whose redrive policy moves failing messages to the dead-letter queue. Of a stream’s records a destination would get positions only, so the follower parks their keys itself, and a batch that fails is tried for as long as the stream keeps it.',
  'Serverless::Serverless-SQSRedrivePolicy':
    'This is a dead-letter queue itself; it keeps messages for 14 days and an alarm goes into ALARM on the first one.',
  'Serverless::Serverless-LambdaTracing':
    'X-Ray at this volume would cost more than twice as much as all the rest together. Metrics of each batch and the delays from provider to store show what traces would.',
}

const ROUTE_REASON =
  'Providers cannot sign for IAM or get tokens. The receiver behind this route authenticates each request, by a shared key or a signature over the body, before it does anything else; the stage is throttled.'

/** For the customer-managed key only: the actions that CDK grants for using a key come in families. */
const KEY_REASON =
  'kms:ReEncrypt* and kms:GenerateDataKey* are the families that AWS documents for using a key; the resource is this one key.'

/** Acknowledges that a route is open on purpose. */
export const acknowledgeOpenRoute = (route: IConstruct): void =>
  Validations.of(route).acknowledge({ id: 'AwsSolutions::AwsSolutions-APIG4', reason: ROUTE_REASON })

/** Acknowledges that all metrics may be read. */
export const acknowledgeMetricReads = (lambda: IFunction): void => {
  if (lambda.role === undefined) return
  Validations.of(lambda.role).acknowledge({
    id: 'AwsSolutions::AwsSolutions-IAM5[Resource::*]',
    reason:
      'cloudwatch:GetMetricData, the one action on *, knows no resources; it reads counts, which name no message.',
  })
}

/** Tells cdk-nag that the account's streams may be listed by who follows one of them. */
export const acknowledgeStreamList = (lambda: IFunction): void => {
  if (lambda.role === undefined) return
  Validations.of(lambda.role).acknowledge({
    id: 'AwsSolutions::AwsSolutions-IAM5[Resource::*]',
    reason:
      'dynamodb:ListStreams, the one action on *, knows no resources; it gives the ARNs of streams, and no record.',
  })
}

/** Tells cdk-nag that nothing receives from the queue of parked keys by itself. */
export const acknowledgeParkedQueue = (queue: IConstruct): void =>
  Validations.of(queue).acknowledge({
    id: 'AwsSolutions::AwsSolutions-SQS3',
    reason:
      'The follower parks keys here that it cannot handle, as in a dead-letter queue. Nothing receives them until an operator does, and an alarm goes into ALARM on the first one.',
  })

/** Tells cdk-nag that a sweep that does not run is not kept. */
export const acknowledgeSweep = (rule: IConstruct): void =>
  Validations.of(rule).acknowledge({
    id: 'Serverless::Serverless-EventBusDLQ',
    reason:
      'The event says only that it is time. The next sweep, five minutes later, begins where the last one ended, and an alarm goes into ALARM where none has succeeded for 15 minutes.',
  })

/** Tells cdk-nag that a minute in which nobody looks after the endpoints is not kept. */
export const acknowledgeKeeping = (rule: IConstruct): void =>
  Validations.of(rule).acknowledge({
    id: 'Serverless::Serverless-EventBusDLQ',
    reason:
      'The event says only that it is time. The next minute does what this one did not, and an alarm goes into ALARM where none has succeeded for 15 minutes.',
  })

/** Acknowledges that access to the audit log's files is not logged. */
export const acknowledgeAuditBucket = (bucket: IConstruct): void =>
  Validations.of(bucket).acknowledge({
    id: 'AwsSolutions::AwsSolutions-S1',
    reason:
      'The bucket holds the audit trail itself, which CloudTrail alone writes; a log of that log would not be watched.',
  })

/** Acknowledges the findings of cdk-nag that are on purpose. */
export function acknowledgeFindings(scope: IConstruct): void {
  const keyActions = ['kms:ReEncrypt*', 'kms:GenerateDataKey*'].map((action) => [
    `AwsSolutions::AwsSolutions-IAM5[Action::${action}]`,
    KEY_REASON,
  ])
  for (const [id, reason] of [...Object.entries(REASONS), ...keyActions]) {
    Validations.of(scope).acknowledge({ id: id as string, reason: reason as string })
  }
}
