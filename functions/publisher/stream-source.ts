/** How the stream of the deliveries feeds the publisher: one registration for the cloud and for the local stack. Times are in seconds. */
export const DELIVERY_STREAM_SOURCE = {
  /** Changes at most in one event. */
  batchSize: 100,
  publisherTimeout: 60,
} as const
