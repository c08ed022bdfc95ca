/** How the queue feeds the worker: one registration for the cloud and for the local stack. Times are in seconds. */
export const EVENT_SOURCE = {
  /** Messages at most in one event. */
  batchSize: 100,
  /** How long a batch may wait to be filled. */
  batchingWindow: 1,
  workerTimeout: 30,
  /** Six times the worker's timeout: https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html */
  visibilityTimeout: 180,
  /** After so many receives a message goes to the dead-letter queue. */
  maxReceiveCount: 10,
} as const
