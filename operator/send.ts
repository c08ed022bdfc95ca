import { randomUUID } from 'node:crypto'
import type { Provider } from '../functions/domain/provider.ts'
import { readInput } from './input.ts'
import type { Output } from './output.ts'
import type { Target } from './target.ts'

/** What is sent. */
export interface Sending {
  /** The body's file; `-` is the standard input. */
  file: string
  contentType: string
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
  const { current } = await target.readSecret(provider.id)
  const headers = { 'content-type': contentType, ...provider.prove(body, current) }
  const startedAt = Date.now()
  const response = await fetch(url, { method: route.methods[0] ?? 'POST', headers, body: new Uint8Array(body) })
  const answer = await response.text()
  const milliseconds = Date.now() - startedAt
  printJson(
    { url, status: response.status, body: answer, milliseconds },
    `${response.status} after ${milliseconds} ms from ${url}`,
  )
  if (answer !== '') print(answer)
  return response.ok
}
