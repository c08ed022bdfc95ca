import { hash, randomUUID } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'
import { parseJson } from '../json.ts'
import type { Request } from '../request.ts'
import { hmacOf, isEqual, isMadeBy, type Proof, type Verdict, withHeaders } from './proof.ts'

/** Where a JSON Web Token stands, and what it must claim. */
export interface Jwt {
  header: string
  /** What stands before it, such as `Bearer `. */
  prefix?: string
  issuer?: string
  /** The names of the claims that hold the hex SHA-256 of the body and of the URL as it was called. */
  bodyHash?: string
  urlHash?: string
  /** The claims are the members of the body, a JSON object, perhaps with others: a body that says anything else is refused. */
  claims?: 'body'
  /** Seconds that the clocks may differ, and that a token lives which is made here. */
  leeway: number
}

/** A third algorithm is not asked for: the token does not choose how it is verified. */
const HEADER = { alg: 'HS256', typ: 'JWT' }

const LIFE_SECONDS = 60

/**
 * A JSON Web Token of HS256 in a header, which holds hashes of what it vouches for. A body without its hash, and a hash
 * without a body, are refused; beyond `nbf` and `exp`, where it has them, it is stale.
 */
export function jwt({ header, prefix = '', issuer, bodyHash, urlHash, claims: claimed, leeway }: Jwt): Proof {
  function isAbout({ url, body }: Request, claims: Record<string, unknown>): boolean {
    if (claimed === 'body' && !isWithin(membersOf(body), claims)) return false
    if (issuer !== undefined && claims.iss !== issuer) return false
    if (urlHash !== undefined && !isHash(claims[urlHash], url)) return false
    if (bodyHash === undefined) return true
    return body.length === 0
      ? claims[bodyHash] === undefined || isHash(claims[bodyHash], body)
      : isHash(claims[bodyHash], body)
  }
  return {
    title: `JWT (HS256)${claimed === 'body' ? ' of the members of the body' : ''}${bodyHash || urlHash ? ` with the hash of ${[urlHash && 'the URL', bodyHash && 'the body'].filter(Boolean).join(' and ')}` : ''}`,
    verify(request, secret) {
      const text = request.headers[header] ?? ''
      const [head = '', payload = '', signature, more] = text.startsWith(prefix)
        ? text.slice(prefix.length).trim().split('.')
        : []
      if (more !== undefined || decode(head)?.alg !== HEADER.alg) return 'refused'
      if (!isMadeBy(secret, [signature], (key) => signatureOf(key, head, payload))) return 'refused'
      const claims = decode(payload)
      return claims !== undefined && isAbout(request, claims) ? timeOf(request, claims, leeway) : 'refused'
    },
    prove(request, { current }) {
      const now = Math.floor(request.receivedAt / 1000)
      const members = claimed === 'body' ? membersOf(request.body) : undefined
      const claims = members ?? {
        ...(issuer !== undefined && { iss: issuer }),
        iat: now,
        nbf: now,
        exp: now + LIFE_SECONDS,
        jti: randomUUID(),
        ...(urlHash !== undefined && { [urlHash]: hash('sha256', request.url) }),
        ...(bodyHash !== undefined && request.body.length > 0 && { [bodyHash]: hash('sha256', request.body) }),
      }
      const [head, payload] = [encode(HEADER), encode(claims)]
      return withHeaders(request, { [header]: `${prefix}${head}.${payload}.${signatureOf(current, head, payload)}` })
    },
  }
}

function timeOf({ receivedAt }: Request, { nbf, exp }: Record<string, unknown>, leeway: number): Verdict {
  const now = receivedAt / 1000
  const isEarly = nbf !== undefined && !(Number(nbf) <= now + leeway)
  const isLate = exp !== undefined && !(Number(exp) >= now - leeway)
  return isEarly || isLate ? 'stale' : 'authentic'
}

/** No member but those of the claims, with the same values; where a value is null it may be missing. */
const isWithin = (members: Record<string, unknown> | undefined, claims: Record<string, unknown>): boolean =>
  members !== undefined &&
  Object.entries(members).every(([name, value]) =>
    isDeepStrictEqual(value, Object.hasOwn(claims, name) ? claims[name] : null),
  )

/** The members of a body; none where it is empty, undefined where it is no JSON object. */
const membersOf = (body: Buffer): Record<string, unknown> | undefined =>
  body.length === 0 ? {} : objectIn(body.toString())

const isHash = (claim: unknown, of: string | Buffer): boolean =>
  typeof claim === 'string' && isEqual(claim.toLowerCase(), hash('sha256', of))

const signatureOf = (key: string, head: string, payload: string) =>
  hmacOf({ hash: 'sha256', encoding: 'base64url' }, key, [`${head}.${payload}`])

const encode = (part: object): string => Buffer.from(JSON.stringify(part)).toString('base64url')

const decode = (part: string): Record<string, unknown> | undefined =>
  objectIn(Buffer.from(part, 'base64url').toString())

function objectIn(text: string): Record<string, unknown> | undefined {
  try {
    const value = parseJson(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : undefined
  } catch {
    return undefined
  }
}
