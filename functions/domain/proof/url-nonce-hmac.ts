import { randomUUID } from 'node:crypto'
import { hasTooManyFields, queryOf, type Request } from '../request.ts'
import { type Hmac, hmacOf, hmacTitle, isMadeBy, type Proof, withHeaders } from './proof.ts'

/** Where a signature over URL and nonce stands, and how it is made. */
export interface UrlNonceHmac extends Hmac {
  /** Any of them is enough, each may hold several, separated by commas; the first is the one that is sent. */
  headers: readonly [string, ...string[]]
  nonce: string
  /** `origin and path` leaves query and body uncovered; `all` covers them, sorted by name. */
  covers: 'origin and path' | 'all'
}

/** A signature over the URL and a nonce. It holds no time. */
export function urlNonceHmac({ headers: names, nonce: nonceName, covers, ...hmac }: UrlNonceHmac): Proof {
  const textOf = covers === 'all' ? wholeText : originAndPath
  return {
    title: hmacTitle(hmac, 'URL and nonce'),
    verify(request, secret) {
      const nonce = request.headers[nonceName]
      if (!nonce || (covers === 'all' && hasTooManyFields(request.body))) return 'refused'
      const candidates = names.flatMap((name) => (request.headers[name] ?? '').split(',').map((text) => text.trim()))
      return isMadeBy(secret, candidates, (key) => hmacOf(hmac, key, [textOf(request, nonce)]))
        ? 'authentic'
        : 'refused'
    },
    prove(request, { current }) {
      const nonce = randomUUID()
      const signature = hmacOf(hmac, current, [textOf(request, nonce)])
      return withHeaders(request, { [names[0]]: `${signature}`, [nonceName]: nonce })
    },
  }
}

const originAndPath = ({ url }: Request, nonce: string): string => url.replace(/\?.*$/s, '') + nonce

function wholeText({ url, body }: Request, nonce: string): string {
  const query = sorted(queryOf(url), '=').join('&')
  const form = sorted(body.toString(), '').join('')
  const base = url.replace(/\?.*$/s, '')
  const covered =
    query === '' && form === '' ? base : `${base}?${query}${query !== '' && form !== '' ? '.' : ''}${form}`
  return `${covered}.${nonce}`
}

const sorted = (parameters: string, separator: string): string[] =>
  [...new URLSearchParams(parameters)]
    .sort(([a, one], [b, other]) => (a === b ? compare(one, other) : compare(a, b)))
    .map(([name, value]) => name + separator + value)

const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0)
