import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import type { Secret } from '../functions/domain/provider.ts'

/**
 * Answers the one call to Secrets Manager that receivers make, as the service does: no emulator of it runs without a JVM
 * or Python. `secretOf` gives undefined where it shall fail.
 */
export async function startSecretsServer(secretOf: (id: string) => Secret | undefined) {
  const server = createServer(async (request, response) => {
    const secret = secretOf(JSON.parse(await text(request)).SecretId)
    response.writeHead(secret === undefined ? 500 : 200, { 'content-type': 'application/x-amz-json-1.1' })
    response.end(
      JSON.stringify(
        secret === undefined ? { __type: 'InternalServiceError' } : { SecretString: JSON.stringify(secret) },
      ),
    )
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop() {
      server.close()
      server.closeAllConnections()
    },
  }
}
