import { DynamoDBStreamsClient } from '@aws-sdk/client-dynamodb-streams'
import { DEFAULT_PATIENCE } from '../functions/domain/patience.ts'
import { createFollower, type FollowerOptions } from '../functions/follower/follower.ts'
import { STREAM_SOURCE } from '../functions/follower/stream-source.ts'
import { INDEXES, LOOKUPS } from '../functions/platform/delivery-indexes.ts'
import type { Deliveries } from '../functions/platform/delivery-table.ts'
import type { Table } from '../functions/platform/table.ts'
import { createSweeper, type SweeperOptions } from '../functions/sweeper/sweeper.ts'
import { LOCAL_AWS } from './credentials.ts'
import { repeat } from './repeat.ts'
import { createTable } from './resources.ts'
import { startStreamSource } from './stream-source.ts'

/** Milliseconds. */
const SWEEP_PAUSE = 1_000

/** The secret by which the local stack names recipients in keys. */
const HASH_KEY = 'local-hash-key'

/** A table of deliveries with all look-ups, with the default patience. */
export const deliveriesOn = (table: Table): Deliveries => ({
  ...table,
  hashKey: async () => HASH_KEY,
  lookups: LOOKUPS,
  patience: DEFAULT_PATIENCE,
  expectations: true,
})

/** Creates it, unless it is there already. */
export const createDeliveries = async (client: Table['client'], name: string): Promise<Deliveries> =>
  deliveriesOn(await createTable(client, name, { indexes: INDEXES, stream: 'NEW_AND_OLD_IMAGES' }))

/** Starts the follower of a ledger's stream; `drain` resolves when it has followed all that is there. */
export function startFollower(options: FollowerOptions, dynamoDb: string) {
  const streams = new DynamoDBStreamsClient({ ...LOCAL_AWS, endpoint: dynamoDb })
  const { unexpected } = options.telemetry
  return startStreamSource(options.ledger, streams, createFollower(options), { ...STREAM_SOURCE, unexpected })
}

/** Sweeps each second for what has become overdue; `stop` resolves when the sweep under way has ended. */
export const startSweeper = (options: SweeperOptions) => repeat(createSweeper(options), SWEEP_PAUSE)
