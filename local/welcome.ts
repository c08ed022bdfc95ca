import type { Provider } from '../functions/domain/provider.ts'
import { providers } from '../functions/providers/index.ts'
import { LOCAL_KEY, localSecret } from './credentials.ts'
import { readFixtures, signedRequest } from './fixtures.ts'

/** What `npm start` prints: the URLs, the credentials, and for each provider a line that sends a callback. */
export async function welcome(url: string): Promise<string> {
  const examples = await Promise.all(providers.map((provider) => exampleOf(provider, url)))
  return [
    `delivery-ledger listens on ${url}`,
    '',
    `  console, in a browser  ${url}/`,
    `  shared key             ${LOCAL_KEY}`,
    ...providers.flatMap(({ id }) => secretLines(id)),
    '',
    'Send a callback:',
    ...examples.flat(),
    '',
    'See what became of it, and what could not be read (or use `npx ledger`):',
    `  curl ${url}/v1/messages/octopush/sms_0000000000000000000000`,
    `  curl ${url}/v1/quarantine`,
    '',
  ].join('\n')
}

/** What another secret than the shared key holds; what only signs is of no use to a person. */
const secretLines = (id: string): string[] =>
  Object.entries(localSecret(id))
    .filter(([name, value]) => value !== LOCAL_KEY && !/privateKey|certificate/.test(name))
    .map(([name, value]) => `  ${`${id} ${name}`.padEnd(23)}${value}`)

/** Fixtures that become a record as they are. */
const EXAMPLE = /^(document|status|header)-/

/** The shortest one. */
async function exampleOf(provider: Provider, origin: string): Promise<string[]> {
  const [example] = readFixtures(provider.id)
    .filter(({ name }) => EXAMPLE.test(name))
    .sort((one, other) => one.body.length - other.body.length)
  if (example === undefined) return []
  const { method, url, headers, body } = await signedRequest(provider, example, localSecret(provider.id), origin)
  const verb = method === (body.length > 0 ? 'POST' : 'GET') ? [] : [`-X ${method}`]
  const options = Object.entries(headers).map(([name, value]) => `-H ${quoted(`${name}: ${value}`)}`)
  const content = body.length > 0 ? [`--data-binary ${quoted(body.toString().trimEnd())}`] : []
  return [`  ${['curl -i', ...verb, quoted(url), ...options, ...content].join(' ')}`]
}

const quoted = (text: string) => `'${text.replaceAll("'", "'\\''")}'`
