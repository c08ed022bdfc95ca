/** How an endpoint's queue feeds its sender: one registration for the cloud and for the local stack. Times are in seconds. */
export const SENDER_SOURCE = {
  /** Messages at most in one event; they are sent side by side. */
  batchSize: 10,
  batchingWindow: 0,
  /** An attempt takes 15 seconds at most. */
  senderTimeout: 30,
  /** Six times the sender's timeout: https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html */
  visibilityTimeout: 180,
  /** For what kills the sender; the schedule, by which an event is received less often, ends otherwise. SQS's most. */
  maxReceiveCount: 1_000,
} as const
