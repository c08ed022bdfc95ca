import { readFileSync } from 'node:fs'
import specs from '@asyncapi/specs'
import { Validator } from '@seriousme/openapi-schema-validator'
import { Ajv } from 'ajv'
import { describe, expect, test } from 'vitest'
import { asyncApi } from '../contracts/asyncapi.ts'
import { incompatibilities } from '../contracts/changes.ts'
import { openApi } from '../contracts/openapi.ts'
import { events, record } from '../contracts/schemas.ts'
import { EVENT_TYPES } from '../functions/domain/event.ts'
import { RECORD_FIELDS } from '../functions/domain/status.ts'
import { QUERY_ROUTES } from '../functions/query/routes.ts'
import { expectDocumented } from './contract.ts'
import { useStack } from './emulators.ts'

const { stack } = useStack()

const documents = [
  ['openapi', openApi()],
  ['asyncapi', asyncApi()],
] as const

const committed = (name: string) => JSON.parse(readFileSync(`docs/${name}.json`, 'utf8'))

// A change that breaks programs fails before -u can write it.
test.each(documents)('docs/%s.json is what the code says, and breaks no program', async (name, document) => {
  expect(incompatibilities(committed(name), document)).toEqual([])
  await expect(`${JSON.stringify(document, null, 2)}\n`).toMatchFileSnapshot(`../docs/${name}.json`)
})

test('docs/openapi.json is valid', async () => {
  expect(await new Validator({ strict: false }).validate(committed('openapi'))).toEqual({ valid: true })
})

test('docs/asyncapi.json is valid', () => {
  // The schema brings its own copy of the one that it is written in.
  const ajv = new Ajv({ strict: false, validateFormats: false, meta: false, validateSchema: false })
  const validate = ajv.compile(specs.schemas['3.0.0'] as object)
  validate(committed('asyncapi'))
  expect(validate.errors).toBe(null)
})

test('docs/openapi.json has every route of the query API, and no other', () => {
  const operations = Object.entries(openApi().paths).flatMap(([path, verbs]) =>
    Object.keys(verbs).map((verb) => `${verb.toUpperCase()} ${path}`),
  )
  expect(operations.toSorted()).toEqual(QUERY_ROUTES.map((route) => route.replace('+}', '}')).toSorted())
})

test('docs/asyncapi.json has every type of event', () => {
  const types = Object.values(events).map(({ shape }) => [...shape.type._zod.values][0])
  expect(types.toSorted()).toEqual(Object.values(EVENT_TYPES).toSorted())
})

test('a record has its fields in their order', () => {
  expect(Object.keys(record.shape)).toEqual(RECORD_FIELDS)
})

describe('the local stack', () => {
  async function ask(method: string, path: string, body?: string) {
    const response = await fetch(`${stack().url}/v1/${path}`, { method, ...(body !== undefined && { body }) })
    const text = await response.text()
    expectDocumented(method, response, text)
    return { status: response.status, answer: text === '' ? undefined : JSON.parse(text) }
  }

  test('serves docs/openapi.json', async () => {
    expect(await ask('GET', 'openapi.json')).toEqual({ status: 200, answer: committed('openapi') })
  })

  test.each([
    [404, 'GET', 'messages/octopush/none'],
    [404, 'GET', 'messages?provider=octopush&messageId=none'],
    [400, 'GET', 'messages?provider=octopush'],
    [400, 'GET', 'messages/octopush/none?limit=0'],
    [200, 'GET', 'deliveries?recipient=%2B33600112233'],
    [400, 'GET', 'deliveries'],
    [200, 'GET', 'quarantine'],
    [400, 'GET', 'quarantine?provider=acme'],
    [404, 'POST', 'quarantine/none/replay'],
    [400, 'PUT', 'expectations', '[]'],
    [400, 'PUT', 'expectations/octopush/one', '{}'],
    [204, 'PUT', 'expectations/octopush/one', JSON.stringify({ sentAt: '2026-01-31T12:00:00Z' })],
  ])('answers %i to %s %s as documented', async (status, method, path, body?: string) => {
    expect((await ask(method, path, body)).status).toBe(status)
  })
})

describe('an incompatible change', () => {
  type Document = ReturnType<typeof openApi>
  // biome-ignore lint/suspicious/noExplicitAny: any place of a document is changed.
  const changed = (change: (document: any) => void, version = openApi().info.version): Document => {
    const document = structuredClone(openApi())
    change(document)
    document.info.version = version
    return document
  }

  test.each([
    ['a path that is gone', (it) => delete it.paths['/v1/quarantine'], 'gone: /paths/~1v1~1quarantine/get/'],
    ['a parameter that is gone', (it) => it.paths['/v1/deliveries'].get.parameters.shift(), 'query recipient'],
    ['a member that is gone', (it) => delete it.components.schemas.Summary.properties.readAt, 'properties/readAt'],
    [
      'a member that may be missing',
      (it) => it.components.schemas.Summary.required.pop(),
      'schema/properties/items/items/required/="overdueSince"',
    ],
    [
      'another type',
      (it) => Object.assign(it.components.schemas.Summary.properties.records, { type: 'string' }),
      'properties/records/type="integer"',
    ],
    ['a word that is gone', (it) => it.components.schemas.Status.enum.pop(), 'enum/="complained"'],
    [
      'a member of a request that must be there',
      (it) => it.components.schemas.Expectation.required.push('reference'),
      'demanded: /paths/~1v1~1expectations~1{provider}~1{messageId}/put/requestBody/content/application~1json/schema/required/="reference"',
    ],
    [
      'a parameter that must be there',
      (it) => Object.assign(it.paths['/v1/quarantine'].get.parameters[0], { required: true }),
      'demanded: /paths/~1v1~1quarantine/get/parameters/query provider/required=true',
    ],
    // biome-ignore lint/suspicious/noExplicitAny: as above.
  ] as [string, (document: any) => void, string][])('is %s, unless the version rises', (_, change, line) => {
    expect(incompatibilities(openApi(), changed(change)).join('\n')).toContain(line)
    expect(incompatibilities(openApi(), changed(change, '0.9.9'))).not.toEqual([])
    expect(incompatibilities(openApi(), changed(change, '99.0.0'))).toEqual([])
  })

  test.each([
    ['a new path', (it) => Object.assign(it.paths, { '/v1/new': it.paths['/v1/messages'] })],
    ['a new member', (it) => Object.assign(it.components.schemas.Summary.properties, { more: { type: 'string' } })],
    ['a new word', (it) => it.components.schemas.Status.enum.push('seen')],
    ['a member of a request that may be missing now', (it) => it.components.schemas.Expectation.required.pop()],
    ['other prose', (it) => Object.assign(it.paths['/v1/messages'].get, { summary: 'Other.' })],
    // biome-ignore lint/suspicious/noExplicitAny: as above.
  ] as [string, (document: any) => void][])('is not %s', (_, change) => {
    expect(incompatibilities(openApi(), changed(change))).toEqual([])
  })
})
