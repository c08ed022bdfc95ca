import type { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { secretsClient } from './clients.ts'
import type { Deliveries } from './delivery-table.ts'
import { required } from './environment.ts'
import { managedSecret } from './secrets.ts'

/** Gives the key of the hashes, which is read when it is first needed. */
export function openHashKey(): () => Promise<string> {
  const secret = managedSecret(secretsClient(), required('HASH_KEY_SECRET'))
  return async () => (await secret.current()).current
}

/** The deliveries as the deployment's variables have them. */
export function openDeliveries(client: DynamoDBClient, hashKey = openHashKey()): Deliveries {
  return {
    client,
    name: required('DELIVERIES_TABLE'),
    hashKey,
    lookups: JSON.parse(required('LOOKUPS')),
    patience: JSON.parse(required('PATIENCE')),
    expectations: process.env.EXPECTATIONS === 'true',
    retentionDays: Number(process.env.LEDGER_RETENTION_DAYS) || undefined,
  }
}
