import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text as textOf } from 'node:stream/consumers'
import { generate } from 'selfsigned'

/** What AWS answers to a call, without doing anything; an empty batch is refused. */
function answerOf(operation: string, body: string): { statusCode: number; text: string } {
  if (EMPTY_BATCH.test(body)) return { statusCode: 400, text: '{"__type":"ValidationException"}' }
  return { statusCode: 200, text: JSON.stringify(resultOf(operation, body)) }
}

const EMPTY_BATCH = /^\{[^[]*"(Entries|Statements)":\[\]/

/** Statements are counted, not read: what the transport does must not count beside what it carries. */
function resultOf(operation: string, body: string): object {
  if (operation === 'SendMessage')
    return { MessageId: 'id', MD5OfMessageBody: createHash('md5').update(JSON.parse(body).MessageBody).digest('hex') }
  if (operation === 'GetSecretValue') return { SecretString: '{"current":"key"}' }
  if (operation === 'BatchExecuteStatement')
    return { Responses: Array(body.split('{"Statement":').length - 1).fill({}) }
  return {}
}

/** A transport for the SDK's clients that answers at once; `note` is called with every call. */
export function mockTransport(note: (operation: string, request: string) => void = () => {}) {
  const handle = async ({ headers, body }: { headers: Record<string, string>; body: string | Uint8Array }) => {
    const operation = String(headers['x-amz-target']).split('.').at(-1) ?? ''
    const request = typeof body === 'string' ? body : new TextDecoder().decode(body)
    note(operation, request)
    const { statusCode, text } = answerOf(operation, request)
    return { response: { statusCode, headers: {}, body: new Blob([text]).stream() } }
  }
  return { handle } as never
}

/** Starts an HTTPS server on 127.0.0.1 that answers as AWS; gives the environment in which the SDK calls it and trusts it. */
export async function startAwsMock() {
  const folder = mkdtempSync(join(tmpdir(), 'delivery-ledger-bench-'))
  const { private: key, cert } = await generate([{ name: 'commonName', value: '127.0.0.1' }], {
    extensions: [{ name: 'subjectAltName', altNames: [{ type: 7, ip: '127.0.0.1' }] }],
  })
  const certificate = join(folder, 'certificate.pem')
  writeFileSync(certificate, cert)
  const server = createServer({ key, cert }, async (request, response) => {
    const operation = String(request.headers['x-amz-target']).split('.').at(-1) ?? ''
    const { statusCode, text } = answerOf(operation, await textOf(request))
    response.writeHead(statusCode, {
      'content-type': 'application/x-amz-json-1.0',
      'content-length': Buffer.byteLength(text),
    })
    response.end(text)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    folder,
    env: {
      AWS_ENDPOINT_URL: `https://127.0.0.1:${(server.address() as AddressInfo).port}`,
      NODE_EXTRA_CA_CERTS: certificate,
      AWS_REGION: 'eu-west-1',
      AWS_ACCESS_KEY_ID: 'bench',
      AWS_SECRET_ACCESS_KEY: 'bench',
      AWS_LAMBDA_FUNCTION_NAME: 'bench',
      POWERTOOLS_SERVICE_NAME: 'bench',
      PROVIDER: 'octopush',
      SECRET_ID: 'octopush',
      QUEUE_URL: 'https://sqs.eu-west-1.amazonaws.com/000000000000/callbacks',
      LEDGER_TABLE: 'ledger',
      QUARANTINE_TABLE: 'quarantine',
    },
    stop() {
      server.close()
      server.closeAllConnections()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
