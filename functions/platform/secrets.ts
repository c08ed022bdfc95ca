import { GetSecretValueCommand, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import type { Secret } from '../domain/request.ts'

/** A provider's secret, kept for a while. */
export interface Secrets {
  /** The secret, at most five minutes old, older only while it cannot be read again. */
  current(): Promise<Secret>
  /**
   * The secret, at most ten seconds old: for a caller that the known one does not admit. Rejects while it cannot be read,
   * so that a new key is not refused.
   */
  latest(): Promise<Secret>
}

const MAX_AGE = 5 * 60_000
const MIN_AGE = 10_000
const PAUSE_AFTER_FAILURE = 1_000

/** A secret that never changes. */
export const fixedSecret = (secret: Secret): Secrets => ({ current: async () => secret, latest: async () => secret })

/** A secret of Secrets Manager: a JSON object with `current`, during a rotation `previous`, and what else the provider needs. */
export function managedSecret(client: SecretsManagerClient, secretId: string, now = Date.now): Secrets {
  let known: Secret | undefined
  let readAt = Number.NEGATIVE_INFINITY
  let failedAt = Number.NEGATIVE_INFINITY

  async function read(): Promise<Secret> {
    if (now() - failedAt < PAUSE_AFTER_FAILURE) throw new Error('the secret could not be read just now')
    try {
      const { SecretString = '' } = await client.send(new GetSecretValueCommand({ SecretId: secretId }))
      known = parseSecret(SecretString)
      readAt = now()
      return known
    } catch (error) {
      failedAt = now()
      throw error
    }
  }

  return {
    async current() {
      if (known === undefined) return read()
      const last = known
      return now() - readAt < MAX_AGE ? last : read().catch(() => last)
    },
    latest: async () => (known !== undefined && now() - readAt < MIN_AGE ? known : read()),
  }
}

function parseSecret(text: string): Secret {
  const texts = Object.entries(JSON.parse(text)).filter(([, value]) => typeof value === 'string')
  const { current, ...others } = Object.fromEntries(texts) as Record<string, string>
  if (current === undefined || current.trim() === '') throw new Error('secret: expected "current"')
  return { current, ...others }
}
