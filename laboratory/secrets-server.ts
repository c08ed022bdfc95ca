import { text } from 'node:stream/consumers'
import type { Secret } from '../functions/domain/request.ts'
import { serve } from './server.ts'

/**
 * Answers the one call to Secrets Manager that receivers make, as the service does: no emulator of it runs without a JVM
 * or Python. `secretOf` gives undefined where it shall fail.
 */
export const startSecretsServer = (secretOf: (id: string) => Secret | undefined) =>
  serve(async (request, response) => {
    const secret = secretOf(JSON.parse(await text(request)).SecretId)
    const answer = secret === undefined ? { __type: 'InternalServiceError' } : { SecretString: JSON.stringify(secret) }
    response.writeHead(secret === undefined ? 500 : 200, { 'content-type': 'application/x-amz-json-1.1' })
    response.end(JSON.stringify(answer))
  })
