import { randomBytes } from 'node:crypto'
import { hasTooManyFields, isJsonObject, type Request } from '../request.ts'
import { atTime, type Hmac, hmacOf, hmacTitle, isMadeBy, keptBody, type Proof, secondsOf } from './proof.ts'

/** A time in seconds since 1970, a random token, and the signature of the two. */
interface Stamp {
  timestamp: string
  token: string
  signature: string
}

const WITHHELD = {
  json: /(?<="signature"\s*:\s*")[0-9a-f]{64}(?=")/g,
  form: /(?<=(?:^|&)signature=)[^&]*/g,
}

/** How the signature is made. */
export interface BodyTokenHmac extends Hmac {
  /** The member of a JSON body that holds the three; in a form they are fields. */
  member: string
  /** Seconds, where the provider has a tolerance. */
  tolerance?: number
}

/**
 * A signature over `timestamp` and `token`, which stand with it in the body. The rest of the body is not covered: who has
 * seen one callback can forge others, so the signature is never kept.
 */
export function bodyTokenHmac({ member, tolerance, ...hmac }: BodyTokenHmac): Proof {
  return {
    title: hmacTitle(hmac, 'time and token, in the body'),
    verify(request, secret) {
      const stamp = stampIn(request, member)
      if (stamp === undefined) return 'refused'
      const { timestamp, token, signature } = stamp
      if (!isMadeBy(secret, [signature], (key) => hmacOf(hmac, key, [timestamp, token]))) return 'refused'
      // Written in another way it would be kept.
      if (stampIn({ ...request, body: keptBody(request.body, WITHHELD) }, member)?.signature) return 'refused'
      return atTime(request, timestamp, tolerance)
    },
    prove(request, { current }) {
      const [timestamp, token] = [secondsOf(request), randomBytes(25).toString('hex')]
      const stamp = { timestamp, token, signature: `${hmacOf(hmac, current, [timestamp, token])}` }
      if (!isJsonObject(request.body)) {
        const form = new URLSearchParams(request.body.toString())
        for (const [name, value] of Object.entries(stamp)) form.set(name, value)
        return { ...request, body: Buffer.from(form.toString()) }
      }
      const payload = JSON.parse(request.body.toString())
      return { ...request, body: Buffer.from(JSON.stringify({ ...payload, [member]: stamp })) }
    },
    withheld: WITHHELD,
  }
}

function stampIn({ body }: Request, member: string): Stamp | undefined {
  const { timestamp, token, signature } = (isJsonObject(body) ? parse(body)?.[member] : fieldsOf(body)) ?? {}
  if (!/^\d{1,12}$/.test(`${timestamp}`) || typeof token !== 'string' || typeof signature !== 'string') return undefined
  return { timestamp: `${timestamp}`, token, signature }
}

const fieldsOf = (body: Buffer): Record<string, string> | undefined =>
  hasTooManyFields(body) ? undefined : Object.fromEntries(new URLSearchParams(body.toString()))

function parse(body: Buffer) {
  try {
    return JSON.parse(body.toString())
  } catch {
    return undefined
  }
}
