import { GetSecretValueCommand, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import type { Secret } from '../domain/provider.ts'

/** A provider's secret, kept for a while. */
export interface Secrets {
  /** The secret, at most five minutes old, older only while it cannot be read anew. */
  current(): Promise<Secret>
  /** The secret as it is now, but read at most every ten seconds: for a caller that the known one does not admit. */
  latest(): Promise<Secret>
}

const MAX_AGE = 5 * 60_000
const MIN_AGE = 10_000

/** A secret that never changes. */
export const fixedSecret = (secret: Secret): Secrets => ({ current: async () => secret, latest: async () => secret })

/** A secret of Secrets Manager: a JSON object with `current` and, during a rotation, `previous`. */
export function managedSecret(client: SecretsManagerClient, secretId: string, now = Date.now): Secrets {
  let known: Secret | undefined
  let readAt = Number.NEGATIVE_INFINITY

  async function noOlderThan(age: number): Promise<Secret> {
    if (known !== undefined && now() - readAt < age) return known
    try {
      const { SecretString = '' } = await client.send(new GetSecretValueCommand({ SecretId: secretId }))
      known = parseSecret(SecretString)
    } catch (error) {
      if (known === undefined) throw error
    }
    readAt = now()
    return known
  }

  return { current: () => noOlderThan(MAX_AGE), latest: () => noOlderThan(MIN_AGE) }
}

function parseSecret(text: string): Secret {
  const secret = JSON.parse(text)
  if (typeof secret.current !== 'string' || secret.current === '') throw new Error('secret: expected "current"')
  return secret
}
