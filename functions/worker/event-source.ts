/** How the queue feeds the worker: one registration for the cloud and for the local stack. Times are in seconds. */
export const EVENT_SOURCE = {
  /** Messages at most in one event: as many as one receive gives, so that none waits for others. */
  batchSize: 10,
  /**
   * How long a batch may wait to be filled. With any window Lambda may wait for 20 seconds at low traffic:
   * https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html
   */
  batchingWindow: 0,
  workerTimeout: 30,
  /** Six times the worker's timeout, plus the window: https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html */
  visibilityTimeout: 180,
  /** After so many receives, ten hours of them, a message goes to the dead-letter queue. */
  maxReceiveCount: 200,
} as const
