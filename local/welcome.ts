import type { Provider } from '../functions/domain/provider.ts'
import { providers as catalogue } from '../functions/providers/index.ts'
import { LOCAL_KEY, localSecret } from './credentials.ts'
import { curlOf, type Origins } from './example-callback.ts'

/** The callback that the README sends first. */
const FIRST =
  '{"channel":"sms","message_id":"sms_1","list_name":"Spring","number":"+33600112233","status":"DELIVERED","unit_price":0.05,"delivery_date":"2025-01-22 11:46:06","meta_data":{}}'

/** Longer values, such as public keys, are not printed. */
const MAX_VALUE_LENGTH = 32

const COMMAND_WIDTH = 62

/**
 * What `npm start` prints: the URLs, the credentials, and for each provider a line that sends a callback. A short line fetches
 * the whole command, signed at that moment, from `GET /local/examples/{provider}`.
 */
export function welcome(
  { url, publicUrl, endpoints = [] }: Origins & { endpoints?: readonly { url: string }[] },
  providers: readonly Provider[] = catalogue,
): string {
  const others = providers.filter(({ id }) => id !== 'octopush')
  const send = `npx ledger${url === 'http://127.0.0.1:3000' ? '' : ` --url ${url}`} send <provider>`
  return [
    `delivery-ledger listens on ${url}`,
    `  console     ${url}/`,
    ...(publicUrl === url ? [] : [`  public URL  ${publicUrl}, which is what the examples are signed for`]),
    `  keys        ${keysOf(providers)}`,
    ...endpoints.map((endpoint) => `  webhooks    ${endpoint.url}, signed with WEBHOOK_SECRET`),
    'Send a callback, and see the result:',
    `  curl -i '${url}/webhooks/octopush?key=${LOCAL_KEY}' --data-binary '${FIRST}'`,
    `  curl ${url}/v1/messages/octopush/sms_1`,
    `  curl ${url}/v1/quarantine`,
    `The other providers (without sh: ${send}). The whole commands: ${url}/local/examples`,
    ...others.map(({ id, routes }) => {
      const command = `curl -s ${url}/local/examples/${id} | sh`
      return `  ${command.padEnd(COMMAND_WIDTH)} # ${publicUrl}${routes[0]?.path}`
    }),
  ].join('\n')
}

/** A line for each provider: the whole command that sends an example, signed now. */
export async function exampleLines(origins: Origins, providers: readonly Provider[] = catalogue): Promise<string> {
  const lines = providers.map((provider) => curlOf(origins, provider, localSecret(provider.id)))
  return (await Promise.all(lines)).map((line) => `${line}\n`).join('')
}

/** The short secrets, and the names of the providers with long ones. */
function keysOf(providers: readonly Provider[]): string {
  const own = providers.map(({ id }) => ({ id, members: Object.entries(localSecret(id)) }))
  const special = own.filter(({ members }) => members.some(([, value]) => value !== LOCAL_KEY))
  const isShort = ({ members }: (typeof own)[number]) =>
    members.every(([, value = '']) => value.length <= MAX_VALUE_LENGTH)
  const short = special
    .filter(isShort)
    .map(({ id, members }) => `${id} ${members.map(([name, value]) => `${name} ${value}`).join(', ')}`)
  const long = special.filter((one) => !isShort(one)).map(({ id }) => id)
  const file = process.env.LEDGER_SECRETS_FILE || 'functions/providers/<provider>/fixtures/secret.json'
  return [LOCAL_KEY, ...short, ...(long.length > 0 ? [`${long.join(', ')} in ${file}`] : [])].join('; ')
}
