import { readFileSync } from 'node:fs'
import { GetSecretValueCommand, PutSecretValueCommand } from '@aws-sdk/client-secrets-manager'
import pMap from 'p-map'
import type { StatusRecord } from '../functions/domain/status.ts'
import { providers } from '../functions/providers/index.ts'
import { LOCAL_KEY, localSecret } from '../local/credentials.ts'
import { type Fixture, readFixtures } from '../local/fixtures.ts'
import { secretId } from '../operator/resources.ts'
import type { Deployment } from './deployment.ts'

const CONCURRENCY = 8

/** A fixture, with what must become of it. */
export interface Case extends Fixture {
  records: StatusRecord[]
  problems: string[]
  ignored: string | undefined
}

/** Every callback of the providers' documents, but for those that the emulator does not let through. */
export const cases: Case[] = providers
  .flatMap(({ id }) => readFixtures(id))
  .filter(({ target }) => !target.startsWith('//'))
  .map((fixture) => {
    const { records = [], problems = [], ignored } = JSON.parse(readFileSync(fixture.expectation, 'utf8'))
    return { ...fixture, records, problems, ignored }
  })

/** The deployed key of each provider: the stack's own where we issue it, else put in as the output tells. */
export async function agreeOnKeys({ secrets, idOf }: Deployment): Promise<Record<string, string>> {
  const keys = providers.map(async ({ id, keyIssuer }) => {
    const SecretId = secretId(idOf, id)
    if (keyIssuer === 'provider')
      await secrets.send(new PutSecretValueCommand({ SecretId, SecretString: JSON.stringify(localSecret(id)) }))
    const { SecretString = '' } = await secrets.send(new GetSecretValueCommand({ SecretId }))
    return [id, JSON.parse(SecretString).current]
  })
  return Object.fromEntries(await Promise.all(keys))
}

/** Sends callbacks as their providers would, who hold these keys; gives the answers' statuses. */
export const sendAll = (
  deployment: Deployment,
  callbacks: readonly Fixture[],
  keys: Record<string, string>,
): Promise<number[]> =>
  pMap(
    callbacks,
    async (callback) => {
      const { method, target, headers, body } = withKey(callback, keys[callback.provider] ?? '')
      const content = body.length > 0 && { body: new Uint8Array(body) }
      return (await fetch(deployment.urlOf(target), { method, headers, ...content })).status
    },
    { concurrency: CONCURRENCY },
  )

/** A callback as it comes from someone who has no key: a shared key is another, and a signature is of another body. */
export const forged = (callback: Fixture): Fixture => ({
  ...withKey(callback, 'wrong'),
  body: Buffer.concat([callback.body, Buffer.from(' ')]),
})

/** The callback with another shared key, wherever it holds the local one; a signature stays. */
function withKey<T extends Fixture>(callback: T, key: string): T {
  const inHeader = (value: string) =>
    value.startsWith('Basic ')
      ? `Basic ${Buffer.from(
          Buffer.from(value.slice(6), 'base64')
            .toString()
            .replace(LOCAL_KEY, () => key),
        ).toString('base64')}`
      : value.replace(LOCAL_KEY, () => key)
  const headers = Object.entries(callback.headers).map(([name, value]) => [name, inHeader(value)])
  const target = callback.target.replace(LOCAL_KEY, () => encodeURIComponent(key))
  return { ...callback, headers: Object.fromEntries(headers), target }
}
