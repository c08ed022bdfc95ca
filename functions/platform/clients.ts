import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { EventBridgeClient } from '@aws-sdk/client-eventbridge'
import { LambdaClient } from '@aws-sdk/client-lambda'
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import { SNSClient } from '@aws-sdk/client-sns'
import { SQSClient, type SQSClientConfig } from '@aws-sdk/client-sqs'

/**
 * Answers come within the few seconds that providers wait (5 to 15), one retry included: the socket of an environment that
 * was frozen may be dead. Milliseconds.
 */
const PATIENCE = { connectionTimeout: 1_000, requestTimeout: 2_000, throwOnRequestTimeout: true }

/**
 * Without its `info` the SDK does not prepare each request for a log that is not used, which is a quarter of a worker's CPU:
 * https://github.com/aws/aws-sdk-js-v3/blob/main/packages/middleware-logger/src/loggerMiddleware.ts
 */
export const FRUGAL = {
  logger: { debug() {}, warn() {}, error() {} } as unknown as NonNullable<SQSClientConfig['logger']>,
}

/** A client for the queue; it goes to the region's endpoint, or to AWS_ENDPOINT_URL, not to the queue URL's host. */
export const sqsClient = (): SQSClient =>
  new SQSClient({ ...FRUGAL, useQueueUrlAsEndpoint: false, maxAttempts: 2, requestHandler: PATIENCE })

/** A client for the topic, whose caller tries again itself. */
export const snsClient = (): SNSClient => new SNSClient({ ...FRUGAL, maxAttempts: 1, requestHandler: PATIENCE })

/** A client for the event source mappings. */
export const lambdaClient = (): LambdaClient =>
  new LambdaClient({ ...FRUGAL, maxAttempts: 2, requestHandler: PATIENCE })

/** A client for an event bus of a region, whose caller tries again itself. */
export const eventBridgeClient = (region: string): EventBridgeClient =>
  new EventBridgeClient({ ...FRUGAL, region, maxAttempts: 1, requestHandler: PATIENCE })

/** A client for the secrets. */
export const secretsClient = (): SecretsManagerClient =>
  new SecretsManagerClient({ ...FRUGAL, maxAttempts: 2, requestHandler: PATIENCE })

/**
 * A client for the tables. The worker, which tries again itself, takes one attempt: four of them, for the ledger and then
 * for the quarantine, are over before its time is.
 */
export const dynamoDbClient = (maxAttempts = 3): DynamoDBClient =>
  new DynamoDBClient({ ...FRUGAL, maxAttempts, requestHandler: { ...PATIENCE, requestTimeout: 3_000 } })
