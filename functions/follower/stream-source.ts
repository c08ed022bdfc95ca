/** How the ledger's stream feeds the follower: one registration for the cloud and for the local stack. Times are in seconds. */
export const STREAM_SOURCE = {
  /** Records at most in one event. */
  batchSize: 100,
  /** Batches of one shard at once. The order of records does not matter, since each delivery is read whole. */
  parallelizationFactor: 10,
  followerTimeout: 60,
} as const
