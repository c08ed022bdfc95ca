import { readdirSync, readFileSync } from 'node:fs'
import type { Provider } from '../functions/domain/provider.ts'
import type { Request, Secret } from '../functions/domain/request.ts'

/** A raw request as a provider sends it, `functions/providers/<provider>/fixtures/<name>.http`. */
export interface Fixture {
  provider: string
  name: string
  method: string
  /** Path and query as they stand in the request line. */
  target: string
  /** Names are lower case. */
  headers: Record<string, string>
  body: Buffer
  /** The file beside it with the expected outcome. */
  expectation: URL
}

/** Every callback among a provider's fixtures, by name. */
export const readFixtures = (provider: string): Fixture[] =>
  readAll(provider).filter(({ name }) => !name.startsWith('handshake'))

/** The handshakes among a provider's fixtures, which are answered and never queued: `handshake-….http`. */
export const readHandshakes = (provider: string): Fixture[] =>
  readAll(provider).filter(({ name }) => name.startsWith('handshake'))

/** A fixture as a request to `origin`, without a proof of its own. */
export const requestOf = ({ method, target, headers, body }: Fixture, origin: string, receivedAt: number): Request => ({
  method,
  url: `${origin}${target.replace(/^\/\//, '/')}`,
  headers,
  body,
  receivedAt,
})

/** A fixture as its provider would send it: unchanged where it is authentic, else with a proof that is made now. */
export async function signedRequest(
  { proof }: Pick<Provider, 'proof'>,
  fixture: Fixture,
  secret: Secret,
  origin: string,
  receivedAt = Date.now(),
): Promise<Request> {
  const bare = requestOf(fixture, origin, receivedAt)
  const verdict = await Promise.resolve(proof.verify(bare, secret)).catch(() => 'refused')
  return verdict === 'authentic' ? bare : proof.prove(bare, secret)
}

/** Sends a request over HTTP. */
export const send = ({ method, url, headers, body }: Request): Promise<Response> =>
  fetch(url, {
    method,
    headers: headers as Record<string, string>,
    ...(body.length > 0 && { body: new Uint8Array(body) }),
  })

function readAll(provider: string): Fixture[] {
  const folder = new URL(`../functions/providers/${provider}/fixtures/`, import.meta.url)
  return readdirSync(folder)
    .filter((file) => file.endsWith('.http'))
    .sort()
    .map((file) => {
      const name = file.slice(0, -'.http'.length)
      return {
        provider,
        name,
        expectation: new URL(`${name}.json`, folder),
        ...parseRequest(readFileSync(new URL(file, folder)), `functions/providers/${provider}/fixtures/${file}`),
      }
    })
}

/**
 * A request as a `.http` file has it: the request line and the headers are lines, then comes an empty line, and all after it, byte for
 * byte, is the body.
 *
 * @throws Error that names the file, where it is written in another way.
 */
export function parseRequest(file: Buffer, name: string): Pick<Fixture, 'method' | 'target' | 'headers' | 'body'> {
  const end = file.indexOf('\n\n')
  const [requestLine = '', ...headerLines] = file.subarray(0, Math.max(end, 0)).toString().split('\n')
  const [, method, target] = requestLine.match(/^([A-Z]+) (\S+)/) ?? []
  const headers = headerLines.map((line) => line.match(/^([^:]+): *(.*)$/)?.slice(1) as [string, string] | undefined)
  if (method === undefined || target === undefined || !headers.every((header) => header !== undefined))
    throw new Error(
      `${name}: expected a request line, headers and an empty line, each line with LF at its end, not CRLF (git config core.autocrlf false)`,
    )
  return {
    method,
    target,
    headers: Object.fromEntries(
      headers.map(([name, value]) => [name.toLowerCase(), value]).filter(([name]) => name !== 'host'),
    ),
    body: file.subarray(end + 2),
  }
}
