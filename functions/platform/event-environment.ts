import { eventBridgeClient, snsClient, sqsClient } from './clients.ts'
import { openHashKey } from './delivery-environment.ts'
import { required } from './environment.ts'
import { openOutlets } from './outlet.ts'
import type { Telling } from './telling.ts'

/** How and where the deployment's events are told, from its variables. */
export function openTelling(hashKey = openHashKey()): Telling {
  const stage = required('STAGE')
  return {
    outlets: openOutlets(JSON.parse(required('OUTLETS')), { topics: snsClient, buses: eventBridgeClient }),
    parked: { client: sqsClient(), url: required('PARKED_URL') },
    context: async () => ({ stage, hashKey: await hashKey() }),
  }
}
