import { type Hmac, hmacOf, hmacTitle, isMadeBy, type Proof, withHeaders } from './proof.ts'

/** Where a signature over the raw body stands, and how it is made. */
export interface BodyHmac extends Hmac {
  /** Any of them is enough; the first is the one that is sent. */
  headers: readonly [string, ...string[]]
  /** What stands before the signature, such as `sha256=`. Without one all up to the last colon is skipped. */
  prefix?: string
}

/** A signature over the raw body, byte for byte. It holds no time: what is sent again is authentic again. */
export function bodyHmac({ headers: names, prefix, ...hmac }: BodyHmac): Proof {
  const signatureIn = (header = '') => {
    if (prefix === undefined) return header.slice(header.lastIndexOf(':') + 1).trim()
    return header.startsWith(prefix) ? header.slice(prefix.length).trim() : undefined
  }
  return {
    title: hmacTitle(hmac, 'the body'),
    verify({ headers, body }, secret) {
      const candidates = names.map((name) => signatureIn(headers[name]))
      return isMadeBy(secret, candidates, (key) => hmacOf(hmac, key, [body])) ? 'authentic' : 'refused'
    },
    prove: (request, { current }) =>
      withHeaders(request, { [names[0]]: `${prefix ?? ''}${hmacOf(hmac, current, [request.body])}` }),
  }
}
