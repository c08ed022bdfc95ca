import { randomUUID } from 'node:crypto'
import type { Provider } from '../functions/domain/provider.ts'
import type { Request } from '../functions/domain/request.ts'
import { send } from '../local/fixtures.ts'
import { readInput } from './input.ts'
import type { Output } from './output.ts'
import type { Target } from './target.ts'

/** What is sent. */
export interface Sending {
  /** The body's file; `-` is the standard input. */
  file: string
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
  const body = readInput(file)
  const [route] = provider.routes
  if (route === undefined) throw new Error(`${provider.id} has no route`)
  const path = route.path.replace(/\{\w+\}/, () => encodeURIComponent(id ?? randomUUID()))
  const url = `${target.url}${path}`
  if (dryRun) {
    printJson({ url, bytes: body.length }, `would send ${body.length} bytes to ${url}`)
    return true
  }
  const request = provider.proof.prove(
    requestOf(route.methods[0] ?? 'POST', url, body, contentType),
    await target.readSecret(provider.id),
  )
  const startedAt = Date.now()
  const response = await send(request)
  const answer = await response.text()
  const milliseconds = Date.now() - startedAt
  printJson(
    { url, status: response.status, body: answer, milliseconds },
    `${response.status} after ${milliseconds} ms from ${url}`,
  )
  if (answer !== '') print(answer)
  return response.ok
}

/** What the file holds is the query of a provider that calls with `GET`, and the body of all others. */
function requestOf(method: string, url: string, content: Buffer, contentType = typeOf(content)): Request {
  const request = { method, url, headers: {}, body: content, receivedAt: Date.now() }
  if (method === 'GET') return { ...request, url: `${url}?${content.toString().trim()}`, body: Buffer.alloc(0) }
  return { ...request, headers: { 'content-type': contentType } }
}

const typeOf = (content: Buffer): string =>
  /^\s*[[{]/.test(content.toString()) ? 'application/json' : 'application/x-www-form-urlencoded'
