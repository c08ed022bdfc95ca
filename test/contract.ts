import { Ajv2020 } from 'ajv/dist/2020.js'
import { expect } from 'vitest'
import { asyncApi } from '../contracts/asyncapi.ts'
import { openApi } from '../contracts/openapi.ts'

// Closed, so that a member that no document names is found.
const ajv = new Ajv2020({ validateFormats: false, strict: false })
ajv.addSchema(openApi(true), 'openapi')
ajv.addSchema(asyncApi(true), 'asyncapi')

interface Operation {
  responses: Record<string, { content?: Record<string, unknown> }>
}

const paths: Record<string, Record<string, Operation>> = openApi().paths

const SPECIFIC_FIRST = Object.keys(paths).toSorted((a, b) => Number(a.includes('{')) - Number(b.includes('{')))

/** The path of a URL as the document writes it; a message id may hold slashes. */
const pathOf = (url: string): string => {
  const { pathname } = new URL(url)
  const isOf = (path: string) =>
    new RegExp(`^${path.replace('{messageId}', '.+').replace(/\{\w+\}/g, '[^/]+')}$`).test(pathname)
  return SPECIFIC_FIRST.find(isOf) ?? `no path for ${pathname}`
}

/** Holds an answer of the query API against its document. */
export function expectDocumented(method: string, response: Response, text: string): void {
  const [path, verb] = [pathOf(response.url), method.toLowerCase()]
  const answer = paths[path]?.[verb]?.responses[response.status]
  expect(answer, `${method} ${response.url} ${response.status}`).toBeDefined()
  const type = response.headers.get('content-type')
  expect(Object.keys(answer?.content ?? {})).toEqual(text === '' ? [] : [type])
  if (text === '') return
  const place = ['', 'paths', path, verb, 'responses', response.status, 'content', type, 'schema']
  expectValid('openapi', place, JSON.parse(text))
}

/** Holds an event against the document of the topic. */
export function expectDocumentedEvent(event: { type: string }): void {
  const [, word = ''] = /\.(\w+)$/.exec(event.type) ?? []
  const name = Object.keys(asyncApi().components.schemas).find((name) => name.toLowerCase().endsWith(word))
  expectValid('asyncapi', ['', 'components', 'schemas', name], event)
}

function expectValid(document: string, place: readonly unknown[], value: unknown): void {
  const pointer = place
    .map((name) => encodeURIComponent(String(name).replaceAll('~', '~0').replaceAll('/', '~1')))
    .join('/')
  const validate = ajv.getSchema(`${document}#${pointer}`)
  expect(validate, pointer).toBeDefined()
  expect(validate?.(value) === true ? [] : validate?.errors, JSON.stringify(value)).toEqual([])
}
