import type { IncomingMessage, ServerResponse } from 'node:http'
import { buffer } from 'node:stream/consumers'
import { serve } from './server.ts'

/** A request to AWS on its way to an emulator. */
export interface Call {
  /** `BatchExecuteStatement`, `SendMessage`, … */
  operation: string
  /** Who calls, by the application id in its user agent. */
  caller: string
  body: Buffer
}

/** An answer of AWS. */
export interface Answer {
  status: number
  headers?: Record<string, string>
  body: string | Buffer
}

/** What happens to a call; `forward` gives the emulator's answer. Undefined: the connection is cut without an answer. */
export type Disturb = (call: Call, forward: (body?: Buffer) => Promise<Answer>) => Promise<Answer | undefined>

/** Starts a proxy on a free port of 127.0.0.1 that stands between a client of AWS and an emulator. */
export const startFaultProxy = (target: () => string, disturb: Disturb) =>
  serve(async (request, response) => {
    try {
      const body = await buffer(request)
      const answer = await disturb(callOf(request, body), (changed = body) => forward(target(), request, changed))
      if (answer === undefined) request.socket.destroy()
      else respond(response, answer)
    } catch {
      request.socket.destroy()
    }
  })

/** An error as AWS's JSON protocols word it. */
export const errorAnswer = (status: number, type: string): Answer => ({
  status,
  headers: { 'content-type': 'application/x-amz-json-1.0', 'x-amzn-query-error': `${type};Sender` },
  body: JSON.stringify({ __type: type, message: 'injected' }),
})

function callOf({ headers }: IncomingMessage, body: Buffer): Call {
  return {
    operation: String(headers['x-amz-target']).split('.').at(-1) ?? '',
    caller: /\bapp\/([\w-]+)/.exec(String(headers['user-agent']))?.[1] ?? '',
    body,
  }
}

async function forward(
  target: string,
  { headers, method = 'POST', url = '/' }: IncomingMessage,
  body: Buffer,
): Promise<Answer> {
  const passed = Object.entries(headers).filter(
    ([name]) => !/^(host|connection|content-length|expect|transfer-encoding)$/.test(name),
  )
  const response = await fetch(`${target}${url}`, {
    method,
    headers: Object.fromEntries(passed) as Record<string, string>,
    body: new Uint8Array(body),
  })
  const type = response.headers.get('content-type') ?? 'application/x-amz-json-1.0'
  return { status: response.status, headers: { 'content-type': type }, body: Buffer.from(await response.arrayBuffer()) }
}

function respond(response: ServerResponse, { status, headers, body }: Answer): void {
  response.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(body) })
  response.end(body)
}
