/** A consumer of webhooks: verifies each request, prints one line for each event, and keeps the newest of each delivery. */
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { isNewer, type LedgerEvent, NotAuthentic, verify } from '../../client/index.ts'

const { PORT = '3001', WEBHOOK_SECRET: secret = `whsec_${randomBytes(32).toString('base64')}` } = process.env

/** Larger requests are none of the ledger's. */
const MAX_BYTES = 1_000_000

/** A real consumer keeps both in its database. */
const seen = new Set<string>()
const newest = new Map<string, LedgerEvent>()

const server = createServer(async (request, response) => {
  try {
    const body = await readBody(request)
    const event = verify(request.headers, body, secret)
    console.log(`${judge(event).padEnd(10)}${describe(event)}`)
    // Any 2xx within 15 seconds: what takes longer is done after the answer.
    response.writeHead(204).end()
  } catch (error) {
    console.log(`refused   ${(error as Error).message}`)
    response.writeHead(error instanceof NotAuthentic ? 401 : 400).end()
  }
})

/** Events may come twice, and in any order. */
function judge(event: LedgerEvent): 'new' | 'repeat' | 'older' {
  if (seen.has(event.id)) return 'repeat'
  seen.add(event.id)
  // Records come in no order: where a delivery stands is in the other events.
  if (event.type === 'delivery-ledger.status.recorded') return 'new'
  const known = newest.get(event.subject)
  if (known !== undefined && !isNewer(event, known)) return 'older'
  newest.set(event.subject, event)
  return 'new'
}

function describe({ type, data }: LedgerEvent): string {
  const { provider, messageId, status, recipient } = data
  const before = 'previousStatus' in data && data.previousStatus ? ` (was ${data.previousStatus})` : ''
  return `${type.replace('delivery-ledger.', '').padEnd(18)}${provider} ${messageId}  ${status}${before}  ${recipient ?? ''}`
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of request) {
    chunks.push(chunk)
    bytes += chunk.length
    if (bytes > MAX_BYTES) throw new Error('the body is too large')
  }
  return Buffer.concat(chunks)
}

server.on('error', (error: NodeJS.ErrnoException) => {
  console.error(error.code === 'EADDRINUSE' ? `port ${PORT} is taken: set PORT to another one` : error.message)
  process.exit(1)
})
server.listen(Number(PORT), '127.0.0.1')
await once(server, 'listening')
const { port } = server.address() as AddressInfo
console.log(`Waiting for events on http://127.0.0.1:${port}/ until Ctrl-C. Start the local stack in a second terminal:
  WEBHOOK_URL=http://127.0.0.1:${port}/ WEBHOOK_SECRET=${secret} npm start`)
