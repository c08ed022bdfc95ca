import { hash } from 'node:crypto'
import { hasTooManyFields, queryOf, type Request } from '../request.ts'
import { type Hmac, hmacOf, hmacTitle, isEqual, isMadeBy, type Proof, withHeaders } from './proof.ts'

/** Where a signature over URL and form stands, and how it is made. */
export interface UrlFormHmac extends Hmac {
  header: string
  /** The query parameter with the hex SHA-256 of a body that is no form; such a body is covered by it alone. */
  bodyHash?: string
}

/**
 * A signature over the public URL as it was called, then name and value of each form field, sorted by name; of a repeated
 * name each value once, sorted. It holds no time.
 */
export function urlFormHmac({ header, bodyHash, ...hmac }: UrlFormHmac): Proof {
  const announcedHash = ({ url }: Request) =>
    bodyHash === undefined ? undefined : (new URLSearchParams(queryOf(url)).get(bodyHash) ?? undefined)
  return {
    title: hmacTitle(hmac, 'URL and form'),
    verify(request, secret) {
      if (!request.headers[header]) return 'refused'
      const announced = announcedHash(request)
      if (announced !== undefined && !isEqual(announced.toLowerCase(), sha256(request.body))) return 'refused'
      if (announced === undefined && hasTooManyFields(request.body)) return 'refused'
      const form = announced === undefined ? sortedForm(request.body) : ''
      const isSigned = spellingsOf(request.url).map((url) =>
        isMadeBy(secret, [request.headers[header]], (key) => hmacOf(hmac, key, [url, form])),
      )
      return isSigned.includes(true) ? 'authentic' : 'refused'
    },
    prove(request, { current }) {
      const form = announcedHash(request) === undefined ? sortedForm(request.body) : ''
      return withHeaders(request, { [header]: `${hmacOf(hmac, current, [request.url, form])}` })
    },
  }
}

/** Signers are not of one mind whether the port that a scheme has anyway is part of the URL. */
function spellingsOf(url: string): string[] {
  const [, origin = '', port = '', rest = ''] = /^(https:\/\/[^/?:]*)(:443)?(?=[/?]|$)(.*)$/s.exec(url) ?? []
  if (origin === '') return [url]
  return [url, port === '' ? `${origin}:443${rest}` : `${origin}${rest}`]
}

function sortedForm(body: Buffer): string {
  const fields = Map.groupBy(new URLSearchParams(body.toString()), ([name]) => name)
  return [...fields.keys()]
    .sort()
    .flatMap((name) => [...new Set(fields.get(name)?.map(([, value]) => value))].sort().map((value) => name + value))
    .join('')
}

const sha256 = (body: Buffer) => hash('sha256', body, 'hex')
