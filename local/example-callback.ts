import { readFileSync } from 'node:fs'
import type { Provider } from '../functions/domain/provider.ts'
import type { Request, Secret } from '../functions/domain/request.ts'
import type { StatusRecord } from '../functions/domain/status.ts'
import { type Fixture, readFixtures, signedRequest } from './fixtures.ts'

/** Fixtures that show the usual case. */
const USUAL = /^(document|status|header)-/

/** How long a proof may be valid, in seconds. */
const LIFETIMES = [
  [60, 'a minute'],
  [120, 'two minutes'],
  [300, 'five minutes'],
] as const

/** Where a stack is reached, and what its providers call. */
export interface Origins {
  url: string
  publicUrl: string
}

/** The shortest fixture of a delivered message, else of any status, its body in one line. */
export function exampleOf(providerId: string): Fixture {
  const recorded = readFixtures(providerId).flatMap((fixture) => {
    const { records = [], problems = [], ignored = [] } = JSON.parse(readFileSync(fixture.expectation, 'utf8'))
    const isDelivered = (records as StatusRecord[]).every(({ status }) => status === 'delivered')
    const body = inOneLine(fixture.body)
    const odd = Number(!isDelivered) * 2 + Number(!USUAL.test(fixture.name))
    const isRecorded = records.length > 0 && problems.length === 0 && ignored.length === 0
    return isRecorded ? { ...fixture, body, odd } : []
  })
  const [example] = recorded.sort((one, other) => one.odd - other.odd || one.body.length - other.body.length)
  if (example === undefined)
    throw new Error(`functions/providers/${providerId}/fixtures: expected a callback that is recorded`)
  return example
}

/** The request of a fixture to `url`, signed for `publicUrl`. */
async function requestVia(
  { url, publicUrl }: Origins,
  provider: Pick<Provider, 'proof'>,
  fixture: Fixture,
  secret: Secret,
): Promise<Request> {
  const signed = await signedRequest(provider, fixture, secret, publicUrl)
  return { ...signed, url: url + signed.url.slice(publicUrl.length) }
}

/** A command line for `sh` that sends the example of a provider, signed now; a comment says if its proof expires soon. */
export async function curlOf(origins: Origins, provider: Provider, secret: Secret): Promise<string> {
  const request = await requestVia(origins, provider, exampleOf(provider.id), secret)
  const { method, url, headers, body } = request
  const verb = method === (body.length > 0 ? 'POST' : 'GET') ? [] : [`-X ${method}`]
  const options = Object.entries(headers).map(([name, value]) => `-H ${quoted(`${name}: ${value}`)}`)
  const content = body.length > 0 ? [`--data-binary ${quoted(body.toString())}`] : []
  const life = await lifetimeOf(
    provider,
    { ...request, url: origins.publicUrl + url.slice(origins.url.length) },
    secret,
  )
  return ['curl -i', ...verb, quoted(url), ...options, ...content, ...(life ? [`# valid for ${life}`] : [])].join(' ')
}

/** Undefined where the proof does not expire within minutes. */
async function lifetimeOf({ proof }: Provider, request: Request, secret: Secret): Promise<string | undefined> {
  for (const [seconds, words] of LIFETIMES) {
    const later = { ...request, receivedAt: Date.now() + (seconds + 10) * 1_000 }
    if ((await proof.verify(later, secret)) !== 'authentic') return words
  }
  return undefined
}

/** JSON without the blanks between its tokens, anything else without those at its ends. Numbers stay as they are written. */
function inOneLine(body: Buffer): Buffer {
  const text = body.toString()
  return Buffer.from(/^\s*[[{]/.test(text) ? text.replace(/("(?:[^"\\]|\\.)*")|\s+/g, '$1') : text.trim())
}

const quoted = (text: string) => `'${text.replaceAll("'", "'\\''")}'`
