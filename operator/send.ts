import { randomUUID } from 'node:crypto'
import { type Provider, providerName, targetOf } from '../functions/domain/provider.ts'
import { queryOf, type Request } from '../functions/domain/request.ts'
import { exampleOf } from '../local/example-callback.ts'
import { parseRequest, send } from '../local/fixtures.ts'
import { readInput } from './input.ts'
import type { Output } from './output.ts'
import type { Target } from './target.ts'

/** What is sent. */
export interface Sending {
  /** The body's file, or a whole request (`.http`); `-` is the standard input; without, the example of the provider. */
  file?: string | undefined
  contentType?: string | undefined
  /** The message, where its id is part of the URL. */
  id?: string | undefined
}

/** Sends a file as a provider's callback, signed as the provider does; gives true where it was accepted. */
export async function sendCallback(
  target: Target,
  { print, printJson, dryRun }: Output,
  provider: Provider,
  { file, contentType, id }: Sending,
) {
  const bare = file === undefined || file.endsWith('.http') ? exampleRequest(provider, file) : undefined
  const request = bare ?? requestOf(provider, id ?? randomUUID(), readInput(file as string), contentType)
  const url = `${target.url}${request.url}`
  const bytes = request.body.length || queryOf(request.url).length
  if (dryRun) {
    const shown = bytes > MAX_SHOWN ? '' : `\n${textOf({ ...request, url })}`
    printJson({ method: request.method, url, bytes }, `would send ${bytes} bytes to ${url}${shown}`)
    return true
  }
  // Signed as the provider calls it, sent as this machine reaches it.
  const called = target.publicUrl ?? target.url
  const signed = provider.proof.prove(
    { ...request, url: `${called}${request.url}` },
    await target.readSecret(providerName(provider)),
  )
  const startedAt = Date.now()
  const response = await send({ ...signed, url: `${target.url}${signed.url.slice(called.length)}` })
  const answer = await response.text()
  const milliseconds = Date.now() - startedAt
  printJson(
    { url, status: response.status, body: answer, milliseconds },
    `${response.status} after ${milliseconds} ms from ${url}`,
  )
  if (answer !== '') print(answer)
  return response.ok
}

/** Bytes of a request that is shown. */
const MAX_SHOWN = 4_000

/** A request as it is sent, before it is signed. */
const textOf = ({ method, url, headers, body }: Request): string =>
  [
    `${method} ${url}`,
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
    ...(body.length > 0 ? ['', body.toString()] : []),
  ].join('\n')

/** A fixture as a request for a path. */
function exampleRequest(provider: Provider, file: string | undefined): Request {
  const { method, target, headers, body } = file ? parseRequest(readInput(file), file) : exampleOf(provider.id)
  const url = file ? target : targetOf(provider, target)
  return { method, url, headers, body, receivedAt: Date.now() }
}

/** What a file holds is posted; it is the query of a provider that calls with `GET` alone. Its URL is a path. */
function requestOf({ id, routes: [route] }: Provider, messageId: string, body: Buffer, contentType = typeOf(body)) {
  if (route === undefined) throw new Error(`${id} has no route`)
  const url = route.path.replace(/\{\w+\}/, () => encodeURIComponent(messageId))
  const request = { method: 'POST', url, headers: { 'content-type': contentType }, body, receivedAt: Date.now() }
  if (route.methods.includes('POST')) return request
  if (typeOf(body) === 'application/json') throw new Error(`${id} calls with GET: expected its query, name=value&…`)
  return { ...request, method: 'GET', url: `${url}?${body.toString().trim()}`, headers: {}, body: Buffer.alloc(0) }
}

const typeOf = (content: Buffer): string =>
  /^\s*[[{]/.test(content.toString()) ? 'application/json' : 'application/x-www-form-urlencoded'
