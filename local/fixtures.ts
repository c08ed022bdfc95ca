import { readdirSync, readFileSync } from 'node:fs'

/** A raw request as a provider sends it, `functions/providers/<provider>/fixtures/<name>.http`. */
export interface Fixture {
  provider: string
  name: string
  method: string
  /** Path and query as they stand in the request line. */
  target: string
  headers: Record<string, string>
  body: Buffer
  /** The file beside it that holds what must become of it. */
  expectation: URL
}

/** Every fixture of a provider, by name. */
export function readFixtures(provider: string): Fixture[] {
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
        ...parseRequest(readFileSync(new URL(file, folder))),
      }
    })
}

/** The request line and the headers are lines, then comes an empty line, and all after it, byte for byte, is the body. */
function parseRequest(file: Buffer): Pick<Fixture, 'method' | 'target' | 'headers' | 'body'> {
  const end = file.indexOf('\n\n')
  const [requestLine = '', ...headerLines] = file.subarray(0, end).toString().split('\n')
  const [method = '', target = ''] = requestLine.split(' ')
  const headers = headerLines.map((line) => line.match(/^([^:]+): *(.*)$/)?.slice(1) as [string, string])
  return {
    method,
    target,
    headers: Object.fromEntries(headers.filter(([name]) => name !== 'Host')),
    body: file.subarray(end + 2),
  }
}
