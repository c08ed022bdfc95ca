import { readFileSync } from 'node:fs'
import { GetSecretValueCommand, PutSecretValueCommand } from '@aws-sdk/client-secrets-manager'
import pMap from 'p-map'
import type { Request, Secret } from '../functions/domain/request.ts'
import type { StatusRecord } from '../functions/domain/status.ts'
import { providers as catalogue } from '../functions/providers/index.ts'
import { localSecret } from '../local/credentials.ts'
import { type Fixture, readFixtures, requestOf, send } from '../local/fixtures.ts'
import { secretId } from '../operator/resources.ts'
import type { Deployment } from './deployment.ts'
import { STAGE, stages } from './stage.ts'

const CONCURRENCY = 8

/** A fixture, with its expected outcome. */
export interface Case extends Fixture {
  records: StatusRecord[]
  problems: string[]
  ignored: string[]
  /** The sender, where it is not the provider: one without a key, or with a guessed one. */
  sender?: 'unknown' | 'forger'
}

/** The providers that are rehearsed: at least one of each kind of proof. */
export const providers = catalogue.filter(({ id }) => stages[STAGE].providers.includes(id))

/** Every callback of the providers' documents, except those that the emulator does not pass on. */
export const cases: Case[] = providers
  .flatMap(({ id }) => readFixtures(id))
  .filter(({ target }) => !target.startsWith('//'))
  .map((fixture) => {
    const { records = [], problems = [], ignored = [] } = JSON.parse(readFileSync(fixture.expectation, 'utf8'))
    return { ...fixture, records: records.map((record: object) => ({ ...record, account: null })), problems, ignored }
  })

/** The deployed secret of each provider: the stack's own where we issue it, else stored as the output says. */
export async function agreeOnKeys({ secrets, idOf }: Deployment): Promise<Record<string, Secret>> {
  const agreed = providers.map(async ({ id, keyIssuer }): Promise<[string, Secret]> => {
    const SecretId = secretId(idOf, id)
    if (keyIssuer === 'provider')
      await secrets.send(new PutSecretValueCommand({ SecretId, SecretString: JSON.stringify(localSecret(id)) }))
    const { SecretString = '' } = await secrets.send(new GetSecretValueCommand({ SecretId }))
    return [id, JSON.parse(SecretString)]
  })
  return Object.fromEntries(await Promise.all(agreed))
}

/** Sends callbacks as their providers would, who hold these secrets; gives the answers' statuses. */
export const sendAll = (
  deployment: Deployment,
  callbacks: readonly Case[],
  secrets: Record<string, Secret>,
): Promise<number[]> =>
  pMap(callbacks, async (callback) => (await send(signedBySender(deployment, callback, secrets))).status, {
    concurrency: CONCURRENCY,
  })

function signedBySender(deployment: Deployment, callback: Case, secrets: Record<string, Secret>): Request {
  const { proof } = providers.find(({ id }) => id === callback.provider) as (typeof providers)[number]
  // Signed as the provider calls it, sent as the emulator is reached.
  const bare = requestOf(callback, deployment.publicUrl, Date.now())
  const viaEmulator = (request: Request) => ({
    ...request,
    url: deployment.urlOf(request.url.slice(deployment.publicUrl.length)),
  })
  if (callback.sender === 'unknown') return viaEmulator({ ...bare, headers: {}, url: bare.url.replace(/\?.*/, '') })
  const secret = secrets[callback.provider] ?? localSecret(callback.provider)
  if (callback.sender === undefined) return viaEmulator(proof.prove(bare, secret))
  const forged = proof.prove(bare, { ...secret, current: `${secret.current}x` })
  return viaEmulator({ ...forged, body: Buffer.concat([forged.body, Buffer.from(' ')]) })
}
