import pMap from 'p-map'
import { deliveryPrefixIn, type Key } from '../domain/key.ts'
import type { Deliveries } from './delivery-table.ts'
import { type Projected, project } from './projection.ts'
import { CONCURRENCY, isThrottling, type Table, untilNothingLeft } from './table.ts'

/** What became of rows of the ledger that were followed. */
export interface Following {
  projected: Projected[]
  /** A key of each delivery that could not be brought up to date, and why. */
  failed: { key: Key; cause: Error | undefined }[]
}

/**
 * Brings the deliveries of rows up to date, each once. What is throttled is tried until the deadline (milliseconds since 1970), all
 * else a few times; never throws.
 */
export async function follow(
  deliveries: Deliveries,
  ledger: Table,
  keys: readonly Key[],
  deadline?: number,
): Promise<Following> {
  const projected: Projected[] = []
  const causes = new Map<Key, Error>()
  const tryOne = async (key: Key): Promise<Key[]> => {
    try {
      const delivery = await project(deliveries, ledger, key)
      if (delivery !== undefined) projected.push(delivery)
      return []
    } catch (error) {
      causes.set(key, error as Error)
      return [key]
    }
  }
  const left = await untilNothingLeft(
    [...new Map(keys.map((key) => [`${key.pk}\0${deliveryPrefixIn(key.sk)}`, key])).values()],
    async (left) => (await pMap(left, tryOne, { concurrency: CONCURRENCY })).flat(),
    { deadline, isThrottled: (left) => left.some((key) => isThrottling(causes.get(key)?.name)) },
  )
  return { projected, failed: left.map((key) => ({ key, cause: causes.get(key) })) }
}
