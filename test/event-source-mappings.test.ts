import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { LambdaClient } from '@aws-sdk/client-lambda'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { eventSourceMappings } from '../functions/keeper/event-source-mappings.ts'
import type { Mappings } from '../functions/keeper/keeper.ts'

let state: string
let isBusy: boolean
let calls: string[] = []
let mappings: Mappings

// No emulator of Lambda runs in this process: this answers its two calls as the service does.
const server = createServer(async (request, response) => {
  let body = ''
  for await (const chunk of request) body += chunk
  calls.push(`${request.method} ${request.url} ${body}`.trim())
  const isRefused = request.method === 'PUT' && isBusy
  response.writeHead(isRefused ? 409 : 200, { ...(isRefused && { 'x-amzn-errortype': 'ResourceInUseException' }) })
  response.end(JSON.stringify({ State: state }))
})

beforeAll(async () => {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const credentials = { accessKeyId: 'x', secretAccessKey: 'x' }
  const client = new LambdaClient({ endpoint, region: 'eu-west-1', credentials, maxAttempts: 1 })
  mappings = eventSourceMappings(client, { crm: 'mapping-1' })
})
afterAll(() => server.close())

const READ = 'GET /2015-03-31/event-source-mappings/mapping-1'
const write = (isEnabled: boolean) => `PUT /2015-03-31/event-source-mappings/mapping-1 {"Enabled":${isEnabled}}`

test.each([
  ['pause', 'Enabled', [READ, write(false)]],
  ['pause', 'Disabled', [READ]],
  ['pause', 'Disabling', [READ]],
  ['resume', 'Disabled', [READ, write(true)]],
  ['resume', 'Enabled', [READ]],
  ['resume', 'Enabling', [READ]],
  ['resume', 'Updating', [READ]],
] as const)('to %s a mapping that is %s calls Lambda with %j', async (action, before, expected) => {
  ;[state, isBusy, calls] = [before, false, []]
  await mappings[action]('crm')
  expect(calls).toEqual(expected)
})

test('a mapping that is just being changed is left to the next minute', async () => {
  ;[state, isBusy, calls] = ['Enabled', true, []]
  await mappings.pause('crm')
  expect(calls).toHaveLength(2)
})
