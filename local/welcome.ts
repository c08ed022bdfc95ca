import { providers } from '../functions/providers/index.ts'
import { LOCAL_KEY, LOCAL_TELESIGN } from './credentials.ts'
import { type Fixture, readFixtures } from './fixtures.ts'

/** What `npm start` prints: the URLs, the credentials, and for each provider a line that sends a callback. */
export function welcome(url: string): string {
  const examples = providers.flatMap(({ id }) =>
    readFixtures(id)
      .filter(({ name }) => name.startsWith('document-'))
      .slice(0, 1),
  )
  return [
    `delivery-ledger listens on ${url}`,
    '',
    `  console, in a browser  ${url}/`,
    `  shared key             ${LOCAL_KEY}`,
    `  telesign customer id   ${LOCAL_TELESIGN.customerId}`,
    `  telesign API key       ${LOCAL_TELESIGN.apiKey}`,
    '',
    ...examples.flatMap((example) => [`${example.provider}:`, `  ${curl(url, example)}`, '']),
    'What is kept of a message, and what is in quarantine:',
    `  curl ${url}/v1/messages/octopush/email_0000000000000000000000`,
    `  curl ${url}/v1/quarantine`,
    '',
  ].join('\n')
}

function curl(url: string, { method, target, headers, body }: Fixture): string {
  const options = Object.entries(headers).map(([name, value]) => `-H '${name}: ${value}'`)
  return `curl -i -X ${method} '${url}${target.replace(/^\/+/, '/')}' ${options.join(' ')} --data-binary '${body.toString().trim()}'`
}
