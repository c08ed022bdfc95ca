import { randomUUID } from 'node:crypto'
import {
  type AttributeValue,
  BatchExecuteStatementCommand,
  type BatchStatementResponse,
  DynamoDBClient,
  paginateScan,
} from '@aws-sdk/client-dynamodb'
import { unmarshall } from '@aws-sdk/util-dynamodb'
import type { SQSEvent } from 'aws-lambda'
import { afterAll, beforeAll } from 'vitest'
import { type Callback, serializeCallback } from '../functions/domain/callback.ts'
import type { Table } from '../functions/platform/table.ts'
import type { Batch, Followed, Outcome, Sent, Telemetry } from '../functions/platform/telemetry.ts'
import { providers } from '../functions/providers/index.ts'
import { createWorker } from '../functions/worker/worker.ts'
import { LOCAL_AWS } from '../local/credentials.ts'
import { createDeliveries } from '../local/deliveries.ts'
import { startDynamoDb } from '../local/dynamodb.ts'
import type { Emulator } from '../local/emulator.ts'
import { createTable } from '../local/resources.ts'
import { type Stack, type StackOptions, startStack } from '../local/stack.ts'

/** A DynamoDB emulator for the tests of a file; gives new tables on demand. */
export function useDynamoDb() {
  let emulator: Emulator
  let client: DynamoDBClient
  beforeAll(async () => {
    emulator = await startDynamoDb()
    client = new DynamoDBClient({ ...LOCAL_AWS, endpoint: emulator.endpoint })
  })
  afterAll(() => emulator?.stop())
  return {
    newTable: () => createTable(client, `table-${randomUUID()}`),
    newDeliveries: () => createDeliveries(client, `deliveries-${randomUUID()}`),
    endpoint: () => emulator.endpoint,
  }
}

/** A local stack for the tests of a file, quick to retry, with all that its telemetry received. */
export function useStack(options: Partial<StackOptions> = {}) {
  const telemetry = recordingTelemetry()
  let stack: Stack
  beforeAll(async () => {
    const eventSource = { batchSize: 100, batchingWindow: 0.05, visibilityTimeout: 1, maxReceiveCount: 3 }
    stack = await startStack({ port: 0, telemetry, eventSource, ...options })
  })
  afterAll(() => stack?.stop())
  return { stack: () => stack, telemetry }
}

/** Telemetry that remembers. */
export function recordingTelemetry() {
  const outcomes: Outcome[] = []
  const batches: Batch[] = []
  const greetings: string[] = []
  const refusals: { provider: string; error: unknown }[] = []
  const followed: Followed[] = []
  const parked: number[] = []
  const sent: Sent[] = []
  const paused: Record<string, boolean> = {}
  const telemetry: Telemetry = {
    refused: (provider, error) => refusals.push({ provider, error }),
    greeted: (provider) => greetings.push(provider),
    worked(batch) {
      batches.push(batch)
      outcomes.push(...batch.outcomes)
    },
    followed(deliveries, count = 0) {
      followed.push(...deliveries)
      parked.push(count)
    },
    told: (report) => sent.push(report),
    kept(endpoint, isPaused) {
      paused[endpoint] = isPaused
    },
    unexpected: (error) => refusals.push({ provider: 'unexpected', error }),
  }
  return { ...telemetry, outcomes, batches, greetings, refusals, deliveries: followed, parked, sent, paused }
}

/** The real worker on tables of its own. */
export async function createTestWorker({ newTable }: { newTable: () => Promise<Table> }) {
  const [ledger, quarantine] = await Promise.all([newTable(), newTable()])
  const telemetry = recordingTelemetry()
  return { worker: createWorker({ providers, ledger, quarantine, telemetry }), ledger, quarantine, telemetry }
}

/**
 * A table that fails single rows of a batch, the others of which it stores: those of which a stored value is `isFailing`, each
 * time that they are tried.
 */
export function failingRows(table: Table, isFailing: (value: AttributeValue) => boolean): Table {
  const send = async (command: object) => {
    if (!(command instanceof BatchExecuteStatementCommand)) return table.client.send(command as never)
    const all = command.input.Statements ?? []
    const failing = new Set(all.filter(({ Parameters = [] }) => Parameters.some(isFailing)))
    const Statements = all.filter((statement) => !failing.has(statement))
    const { Responses = [] } =
      Statements.length > 0 ? await table.client.send(new BatchExecuteStatementCommand({ Statements })) : {}
    const failed: BatchStatementResponse = { Error: { Code: 'InternalServerError', Message: 'injected' } }
    const stored = Responses.values()
    return { Responses: all.map((statement) => (failing.has(statement) ? failed : stored.next().value)) }
  }
  return { ...table, client: Object.assign(Object.create(table.client), { send }) as DynamoDBClient }
}

/** The event that Lambda would make of these callbacks, or of any message texts, sent in milliseconds since 1970. */
export const eventOf = (messages: readonly (Callback | string)[], receiveCount = 1, sentAt = 0): SQSEvent => ({
  Records: messages.map((message, index) => ({
    messageId: `message-${index}`,
    receiptHandle: '',
    body: typeof message === 'string' ? message : serializeCallback(message),
    attributes: {
      ApproximateReceiveCount: String(receiveCount),
      SentTimestamp: String(sentAt),
      SenderId: '',
      ApproximateFirstReceiveTimestamp: '0',
    },
    messageAttributes: {},
    md5OfBody: '',
    eventSource: 'aws:sqs',
    eventSourceARN: '',
    awsRegion: 'local',
  })),
})

/** All rows of a table, in the order of their keys. */
export async function readAll({ client, name }: Table): Promise<Record<string, unknown>[]> {
  const rows: Record<string, unknown>[] = []
  for await (const { Items = [] } of paginateScan({ client }, { TableName: name }))
    rows.push(...Items.map((item) => unmarshall(item)))
  return rows.sort((a, b) => (`${a.pk}\0${a.sk}` < `${b.pk}\0${b.sk}` ? -1 : 1))
}

/** A ledger's rows without the time of arrival: what must not depend on how callbacks came. */
export const readLedger = async (ledger: Table) => (await readAll(ledger)).map(({ receivedAt, ...row }) => row)
