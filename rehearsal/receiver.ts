import { once } from 'node:events'
import type { IncomingHttpHeaders } from 'node:http'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { generate } from 'selfsigned'
import { STAGE, stages } from './stage.ts'

/** The endpoint of the stage that is rehearsed. */
export const ENDPOINT: { name: string; url: string } = stages[STAGE].webhooks[0]

/** A webhook as it came. */
export interface Received {
  headers: IncomingHttpHeaders
  body: string
}

/** The consumer behind the endpoint, on this machine. */
export interface Receiver {
  port: number
  /** PEM: whoever trusts it finds the endpoint's host here. */
  certificate: string
  received: Received[]
  stop(): void
}

/** Starts it, on a free port of 127.0.0.1, by TLS. */
export async function startReceiver(): Promise<Receiver> {
  const { hostname } = new URL(ENDPOINT.url)
  const { private: key, cert } = await generate([{ name: 'commonName', value: hostname }], {
    extensions: [{ name: 'subjectAltName', altNames: [{ type: 2, value: hostname }] }],
  })
  const received: Received[] = []
  const server = createServer({ key, cert }, async ({ headers }, response) => {
    let body = ''
    for await (const chunk of response.req) body += chunk
    received.push({ headers, body })
    response.end()
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    certificate: cert,
    received,
    stop() {
      server.close()
      server.closeAllConnections()
    },
  }
}
