import { queryOf, type Request } from '../request.ts'
import { isMadeBy, type Proof, withHeaders } from './proof.ts'

/**
 * A key that the provider holds too, taken from the first of these that is there: the header `X-API-KEY`, `Authorization`
 * (the password of HTTP Basic, or a Bearer token), the query parameter `key`.
 */
export const sharedKey: Proof = {
  title: 'shared key',
  verify: (request, secret) => (isMadeBy(secret, [sentKey(request)], (key) => key) ? 'authentic' : 'refused'),
  prove: (request, { current }) => withHeaders(request, { 'x-api-key': current }),
  withheld: { query: ['key'] },
}

const sentKey = ({ headers, url }: Request): string | undefined =>
  headers['x-api-key'] ||
  basicPassword(headers.authorization) ||
  /^Bearer +(\S+) *$/i.exec(headers.authorization ?? '')?.[1] ||
  (new URLSearchParams(queryOf(url)).get('key') ?? undefined)

/** RFC 7617: all after the first colon of the decoded credentials. */
function basicPassword(authorization = ''): string | undefined {
  const credentials = /^Basic +([\w+/=-]+) *$/i.exec(authorization)?.[1]
  if (credentials === undefined) return undefined
  const text = Buffer.from(credentials, 'base64').toString()
  return text.slice(text.indexOf(':') + 1)
}
