import { createHmac, hash, randomUUID } from 'node:crypto'
import {
  hasTooManyFields,
  isJsonObject,
  MAX_FIELDS,
  queryOf,
  type Request,
  type Secret,
  withoutParameters,
} from '../request.ts'
import { isMadeBy, keptBody, type Proof, secondsOf } from './proof.ts'

const ALGORITHMS = ['md5', 'sha1', 'sha256', 'sha512'] as const

const WITHHELD = {
  query: ['sig'],
  json: /(?<="sig"\s*:\s*")[0-9A-Fa-f]*(?=")/g,
  form: /(?<=(?:^|&)sig=)[^&]*/g,
}

/**
 * A signature in the parameter `sig`, over all others (of a form, a flat JSON body, or else the query), sorted by name. The
 * secret's `algorithm` says how: `md5hash` (the default), or an HMAC of `md5`, `sha1`, `sha256` or `sha512`.
 */
export const parameterHash: Proof = {
  title: 'hash or HMAC of the parameters',
  verify(request, secret) {
    const { sig, ...signed } = parametersOf(request)
    if (!isMadeBy(secret, [sig?.toLowerCase()], (key) => signatureOf(secret, key, signed))) return 'refused'
    // Written in another way it would be kept.
    return parametersOf(kept(request)).sig ? 'refused' : 'authentic'
  },
  prove(request, secret) {
    const stamp = { timestamp: secondsOf(request), nonce: randomUUID() }
    const sig = signatureOf(secret, secret.current, { ...parametersOf(request), ...stamp }) ?? ''
    return withParameters(request, { ...stamp, sig })
  },
  withheld: WITHHELD,
}

const kept = (request: Request): Request => ({
  ...request,
  url: `?${withoutParameters(queryOf(request.url), WITHHELD.query)}`,
  body: keptBody(request.body, WITHHELD),
})

function signatureOf({ algorithm = 'md5hash' }: Secret, key: string, parameters: Record<string, string>) {
  const text = Object.keys(parameters)
    .sort()
    .map((name) => `&${name}=${parameters[name]?.replace(/[&=]/g, '_')}`)
    .join('')
  if (algorithm === 'md5hash') return hash('md5', text + key)
  const known = ALGORITHMS.find((name) => name === algorithm)
  return known && createHmac(known, key).update(text).digest('hex')
}

/**
 * Those that are read: of the body, or where it has none of the query. None where a name comes twice, or could stand for
 * several, or a value is no plain one: then the signed text would not be all that is read.
 */
function parametersOf({ url, body }: Request): Record<string, string> {
  const document = body.toString().trim() || queryOf(url)
  const entries = isJsonObject(body) ? membersOf(body) : fieldsOf(document)
  if (entries.length > MAX_FIELDS) return {}
  const isPlain = entries.every(([name, value]) => !/[&=]/.test(name) && (typeof value !== 'object' || value === null))
  if (!isPlain || new Set(entries.map(([name]) => name)).size < entries.length) return {}
  return Object.fromEntries(entries.map(([name, value]) => [name, String(value)]))
}

const fieldsOf = (text: string): [string, unknown][] => (hasTooManyFields(text) ? [] : [...new URLSearchParams(text)])

function withParameters(request: Request, more: Record<string, string>): Request {
  if (isJsonObject(request.body))
    return { ...request, body: Buffer.from(JSON.stringify({ ...JSON.parse(request.body.toString()), ...more })) }
  const added = new URLSearchParams(more).toString()
  if (request.body.length > 0) return { ...request, body: Buffer.from(`${request.body}&${added}`) }
  return { ...request, url: `${request.url}${request.url.includes('?') ? '&' : '?'}${added}` }
}

/** Members are counted before they are parsed, which a large body makes take seconds. */
function membersOf(body: Buffer): [string, unknown][] {
  const text = body.toString()
  if (text.matchAll(/"\s*:/g).drop(MAX_FIELDS).next().value) return []
  try {
    return Object.entries(JSON.parse(text))
  } catch {
    return []
  }
}
