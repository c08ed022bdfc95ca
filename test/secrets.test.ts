import { once } from 'node:events'
import { createServer } from 'node:http'
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { sharedKey } from '../functions/domain/proof/shared-key.ts'
import { managedSecret } from '../functions/platform/secrets.ts'

const MINUTE = 60_000
let value: string | undefined
let reads = 0
let client: SecretsManagerClient

// No emulator of Secrets Manager runs without a JVM or Python: this answers its one call as the service does.
const server = createServer((_, response) => {
  reads++
  response.writeHead(value === undefined ? 400 : 200, { 'content-type': 'application/x-amz-json-1.1' })
  response.end(JSON.stringify(value === undefined ? { __type: 'ResourceNotFoundException' } : { SecretString: value }))
})

beforeAll(async () => {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const endpoint = `http://127.0.0.1:${(server.address() as { port: number }).port}`
  client = new SecretsManagerClient({
    endpoint,
    region: 'eu-west-1',
    credentials: { accessKeyId: 'x', secretAccessKey: 'x' },
    maxAttempts: 1,
  })
})
afterAll(() => server.close())

function start(secret: string | undefined) {
  value = secret
  reads = 0
  const clock = { now: 0 }
  return { clock, secrets: managedSecret(client, 'octopush', () => clock.now) }
}

test('a secret is read once in five minutes', async () => {
  const { clock, secrets } = start('{"current":"a"}')
  expect(await secrets.current()).toEqual({ current: 'a' })
  clock.now += 5 * MINUTE - 1
  value = '{"current":"b","previous":"a"}'
  expect(await secrets.current()).toEqual({ current: 'a' })
  expect(reads).toBe(1)
  clock.now += 1
  expect(await secrets.current()).toEqual({ current: 'b', previous: 'a' })
})

test('is read again for a caller whose key is refused, at most every ten seconds', async () => {
  const { clock, secrets } = start('{"current":"a"}')
  await secrets.current()
  value = '{"current":"b","previous":"a"}'
  clock.now += 9_999
  expect(await secrets.latest()).toEqual({ current: 'a' })
  clock.now += 1
  expect(await secrets.latest()).toEqual({ current: 'b', previous: 'a' })
  await Promise.all(Array.from({ length: 100 }, () => secrets.latest()))
  expect(reads).toBe(2)
})

test('the known secret is used while it cannot be read again', async () => {
  const { clock, secrets } = start('{"current":"a"}')
  await secrets.current()
  value = undefined
  clock.now += 6 * MINUTE
  expect(await secrets.current()).toEqual({ current: 'a' })
  expect(await secrets.current()).toEqual({ current: 'a' })
  expect(reads).toBe(2)
  value = '{"current":"b"}'
  clock.now += 1_000
  expect(await secrets.current()).toEqual({ current: 'b' })
})

test.each(['null', '5', '""'])('an invalid previous key (%s) is left out', async (previous) => {
  const { secrets } = start(`{"current":"a","previous":${previous}}`)
  const verdict = async (key: string) =>
    sharedKey.verify(
      { method: 'POST', url: 'https://x/', headers: { 'x-api-key': key }, body: Buffer.alloc(0), receivedAt: 0 },
      await secrets.current(),
    )
  expect(await verdict('a')).toBe('authentic')
  expect(await verdict('5')).toBe('refused')
})

test('an old secret refuses no callback while it cannot be read again', async () => {
  const { clock, secrets } = start('{"current":"a"}')
  await secrets.current()
  value = undefined
  clock.now += 10_000
  await expect(secrets.latest()).rejects.toThrow()
  await expect(secrets.latest()).rejects.toThrow('just now')
  expect(reads).toBe(2)
  expect(await secrets.current()).toEqual({ current: 'a' })
})

test.each([[undefined], ['not json'], ['{}'], ['{"current":""}'], ['{"current":" "}']])(
  'without a secret (%s) it fails',
  async (secret) => {
    const { secrets } = start(secret)
    await expect(secrets.current()).rejects.toThrow()
  },
)
