import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs'
import type { Context, SQSBatchResponse, SQSEvent } from 'aws-lambda'
import type { Callback } from '../functions/domain/callback.ts'
import { normalize } from '../functions/domain/normalizer.ts'
import { FRUGAL } from '../functions/platform/clients.ts'
import { fixedSecret } from '../functions/platform/secrets.ts'
import { providers } from '../functions/providers/index.ts'
import { octopush } from '../functions/providers/octopush/provider.ts'
import { telesign } from '../functions/providers/telesign/provider.ts'
import { createReceiver } from '../functions/receiver/receiver.ts'
import { createWorker } from '../functions/worker/worker.ts'
import { hostileBodies, hostileLists } from '../laboratory/hostile.ts'
import { mockTransport } from './aws-mock.ts'
import { cpu } from './cpu.ts'
import { emailBody, httpEvent, queueEvent, smsBody } from './events.ts'
import { type Contender, compare, type Finding } from './measurement.ts'
import { recordsOf as recordsByHand } from './peers/hand-written.ts'
import { createWorker as createIdempotentWorker } from './peers/idempotent-worker.ts'
import { createWorker as createBatchWorker } from './peers/sdk-batch-worker.ts'
import { createWorker as createSdkWorker } from './peers/sdk-worker.ts'
import { createWorker as createUsualWorker } from './peers/usual-worker.ts'

const AWS = { region: 'eu-west-1', credentials: { accessKeyId: 'bench', secretAccessKey: 'bench' } }
const QUEUE_URL = 'https://sqs.eu-west-1.amazonaws.com/000000000000/callbacks'
const CONTEXT = { getRemainingTimeInMillis: () => 30_000 } as Context
const SILENT = { refused() {}, greeted() {}, worked() {}, unexpected() {} }

/** What is left is our own and the SDK's work. */
const requestHandler = mockTransport()

/** A callback through the receiver beside the one call that it makes. */
export function warmReceiver(rounds: number): Promise<Finding> {
  const plain = new SQSClient({ ...AWS, useQueueUrlAsEndpoint: false, requestHandler })
  const ours = new SQSClient({ ...AWS, ...FRUGAL, useQueueUrlAsEndpoint: false, requestHandler })
  const receiver = createReceiver({
    provider: octopush,
    secrets: fixedSecret({ current: 'key' }),
    queue: {
      client: ours,
      url: QUEUE_URL,
    },
    telemetry: SILENT,
  })
  const times = 500
  const repeat = (act: () => Promise<unknown>) => async () => {
    for (let index = 0; index < times; index++) await act()
  }
  const bare = (client: SQSClient) => () =>
    client.send(new SendMessageCommand({ QueueUrl: QUEUE_URL, MessageBody: smsBody('id') }))
  const column = 'CPU µs a callback'
  return compare(
    'Warm receiver',
    'Mock transport',
    [
      { name: 'a bare SDK send', measure: async () => ({ [column]: await cpu(repeat(bare(ours)), times) }) },
      {
        name: 'the same, with the SDK as it comes',
        measure: async () => ({ [column]: await cpu(repeat(bare(plain)), times) }),
      },
      {
        name: 'delivery-ledger',
        measure: async () => ({
          [column]: await cpu(
            repeat(() => receiver(httpEvent(smsBody('id')), CONTEXT)),
            times,
          ),
        }),
      },
    ],
    rounds,
  )
}

/** A batch of 100 through the worker beside others that store the same. */
export function warmWorker(rounds: number): Promise<Finding> {
  const client = new DynamoDBClient({ ...AWS, requestHandler })
  const table = {
    client: new DynamoDBClient({ ...AWS, ...FRUGAL, requestHandler }),
    name: 'ledger',
  }
  const worker = createWorker({ providers, ledger: table, quarantine: table, telemetry: SILENT })
  const size = 100
  const batches = 30
  const contender = (
    name: string,
    handler: (event: SQSEvent, context: Context) => Promise<SQSBatchResponse>,
  ): Contender => ({
    name,
    async measure() {
      const events = Array.from({ length: batches }, () => queueEvent(size))
      const act = async () => {
        for (const event of events) await handler(event, CONTEXT)
      }
      return { 'CPU µs a record': await cpu(act, size * batches) }
    },
  })
  return compare(
    'Worker',
    'Mock transport, batches of 100',
    [
      contender('the SDK alone, 25 INSERTs a call', createBatchWorker(table.client, 'ledger')),
      contender('delivery-ledger', worker),
      contender('one conditional PutItem each', createSdkWorker(client, 'ledger')),
      contender('the usual stack (lib-dynamodb, Powertools batch, zod)', createUsualWorker(client, 'ledger')),
      contender('Powertools batch and idempotency', createIdempotentWorker(client, 'ledger', 'idempotency')),
    ],
    rounds,
  )
}

const callbackOf = (body: string): Callback => ({
  provider: 'octopush',
  requestId: 'id',
  receivedAt: '2026-01-01T00:00:00.000Z',
  method: 'POST',
  pathParameters: {},
  query: '',
  contentType: null,
  body,
  encoding: 'utf8',
})

/** From a body to records, beside reading the JSON alone. */
export async function normalization(rounds: number): Promise<Finding> {
  const normalizer = await octopush.loadNormalizer()
  const sizes = { '1 KB': [emailBody(5), 2_000], '100 KB': [emailBody(580), 20] } as const
  const contender = (name: string, act: (body: string) => void): Contender => ({
    name,
    async measure() {
      const cells: Record<string, number> = {}
      for (const [size, [body, times]] of Object.entries(sizes)) {
        const repeat = async () => {
          for (let index = 0; index < times; index++) act(body)
        }
        cells[`CPU µs of ${size}`] = await cpu(repeat, times)
      }
      return cells
    },
  })
  return compare(
    'Normalization',
    'An e-mail callback of Octopush',
    [
      contender('JSON.parse alone', (body) => JSON.parse(body)),
      contender('written by hand', (body) => recordsByHand(callbackOf(body))),
      contender('delivery-ledger', (body) => normalize(normalizer, callbackOf(body), 'Europe/Paris')),
    ],
    rounds,
  )
}

/** The most members that a body may have: at some nine bytes each, half a million. */
const manyMembers = `{${Array.from({ length: 500_000 }, (_, index) => `"${index.toString(36)}":0`)},${smsBody('id').slice(1)}`

/** What the worst bodies cost: from a body to records and their keys, each beside reading its JSON alone. */
export async function hostileInput(rounds: number): Promise<Finding> {
  const mappings = { octopush: await octopush.loadNormalizer(), telesign: await telesign.loadNormalizer() }
  const read = (body: string) => {
    try {
      JSON.parse(body)
    } catch {}
  }
  const bodies = [
    ...Object.entries(hostileBodies(JSON.parse(smsBody('id')))).map(([name, body]) => ({ of: 'octopush', name, body })),
    ...Object.entries(hostileLists()).flatMap(([of, lists]) =>
      Object.entries(lists).map(([name, body]) => ({ of, name, body })),
    ),
    { of: 'octopush', name: '500,000 members', body: manyMembers },
  ].filter(({ body }) => body.length > 100_000)
  const contenders = [{ of: 'octopush', name: 'an SMS status', body: smsBody('id') }, ...bodies].map(
    ({ of, name, body }): Contender => {
      const [text, callback] = [body.toString(), { ...callbackOf(body.toString()), provider: of }]
      const work = async () => void normalize(mappings[of as keyof typeof mappings], callback, 'Europe/Paris')
      return {
        name,
        measure: async () => ({
          'CPU ms': (await cpu(work, 1)) / 1_000,
          'JSON.parse': (await cpu(async () => read(text), 1)) / 1_000,
        }),
      }
    },
  )
  return compare('Hostile bodies', 'CPU milliseconds from a body to records and their keys', contenders, rounds)
}
