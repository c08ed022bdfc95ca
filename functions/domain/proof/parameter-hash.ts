import { createHmac, hash, randomUUID } from 'node:crypto'
import { isJsonObject, queryOf, type Request, type Secret } from '../request.ts'
import { isMadeBy, type Proof, secondsOf } from './proof.ts'

const ALGORITHMS = ['md5', 'sha1', 'sha256', 'sha512'] as const

/**
 * A signature in the parameter `sig`, over all others (of the query, a form or a flat JSON body), sorted by name. The
 * secret's `algorithm` says how: `md5hash` (unless said), or an HMAC of `md5`, `sha1`, `sha256` or `sha512`.
 */
export const parameterHash: Proof = {
  title: 'hash or HMAC of the parameters',
  verify(request, secret) {
    const { sig, ...signed } = parametersOf(request)
    return isMadeBy(secret, [sig?.toLowerCase()], (key) => signatureOf(secret, key, signed)) ? 'authentic' : 'refused'
  },
  prove(request, secret) {
    const stamp = { timestamp: secondsOf(request), nonce: randomUUID() }
    const sig = signatureOf(secret, secret.current, { ...parametersOf(request), ...stamp }) ?? ''
    return withParameters(request, { ...stamp, sig })
  },
  withheld: {
    query: ['sig'],
    json: /(?<="sig"\s*:\s*")[0-9A-Fa-f]*(?=")/g,
    form: /(?<=(?:^|&)sig=)[^&]*/g,
  },
}

function signatureOf({ algorithm = 'md5hash' }: Secret, key: string, parameters: Record<string, string>) {
  const text = Object.keys(parameters)
    .sort()
    .map((name) => `&${name}=${parameters[name]?.replace(/[&=]/g, '_')}`)
    .join('')
  if (algorithm === 'md5hash') return hash('md5', text + key)
  const known = ALGORITHMS.find((name) => name === algorithm)
  return known && createHmac(known, key).update(text).digest('hex')
}

/** None where a name comes twice or a value is no plain one: then the signed text would not be all that is read. */
function parametersOf({ url, body }: Request): Record<string, string> {
  const entries = [
    ...new URLSearchParams(queryOf(url)),
    ...(isJsonObject(body) ? membersOf(body) : new URLSearchParams(body.toString())),
  ]
  const isPlain = entries.every(([, value]) => typeof value !== 'object' || value === null)
  if (!isPlain || new Set(entries.map(([name]) => name)).size < entries.length) return {}
  return Object.fromEntries(entries.map(([name, value]) => [name, String(value)]))
}

function withParameters(request: Request, more: Record<string, string>): Request {
  if (isJsonObject(request.body))
    return { ...request, body: Buffer.from(JSON.stringify({ ...JSON.parse(request.body.toString()), ...more })) }
  const added = new URLSearchParams(more).toString()
  if (request.body.length > 0) return { ...request, body: Buffer.from(`${request.body}&${added}`) }
  return { ...request, url: `${request.url}${request.url.includes('?') ? '&' : '?'}${added}` }
}

function membersOf(body: Buffer): [string, unknown][] {
  try {
    return Object.entries(JSON.parse(body.toString()))
  } catch {
    return []
  }
}
