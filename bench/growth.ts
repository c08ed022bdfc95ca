import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { createConsole } from '../functions/console/console.ts'
import type { Desk } from '../functions/console/desk.ts'
import { octopush } from '../functions/providers/octopush/provider.ts'
import { showMessage } from '../functions/query/messages.ts'
import { createWorker } from '../functions/worker/worker.ts'
import { LOCAL_AWS } from '../local/credentials.ts'
import { startDynamoDb } from '../local/dynamodb.ts'
import { createTable } from '../local/resources.ts'
import { mockTransport } from './aws-mock.ts'
import { cpu } from './cpu.ts'
import { bulkEmailBody, queueEvent, smsBody } from './events.ts'
import { fillLedger } from './fill-ledger.ts'
import { liveHeap } from './heap.ts'
import { type Contender, compare, type Finding } from './measurement.ts'

const SILENT = { worked() {} }
const PAGE = '100'

/** A batch of the worker and a query, in ledgers that hold more and more messages of one record each. */
export function growthOfLedger(sizes: readonly number[], rounds: number): Promise<Finding> {
  const contender = async (client: DynamoDBClient, size: number): Promise<Contender> => {
    const ledger = await createTable(client, `ledger-${size}`)
    await fillLedger(ledger, size, (index) => ({ messageId: `message-${index}`, recipient: '+33600112233' }))
    const worker = createWorker({ providers: [octopush], ledger, quarantine: ledger, telemetry: SILENT })
    return {
      name: size.toLocaleString('en'),
      async measure() {
        const event = queueEvent(100)
        return {
          'ms of a batch of 100': await milliseconds(() => worker(event)),
          'ms of a query': await milliseconds(() =>
            showMessage(ledger, { provider: 'octopush', messageId: `message-${size >> 1}` }, {}),
          ),
        }
      },
    }
  }
  return besideItself('Growth of the ledger', 'Records in it; DynamoDB emulator', sizes, rounds, contender)
}

/** One more record and a page, in messages that have more and more recipients. */
export function growthOfMessage(sizes: readonly number[], rounds: number): Promise<Finding> {
  const contender = async (client: DynamoDBClient, size: number): Promise<Contender> => {
    const messageId = `message-of-${size}`
    const ledger = await createTable(client, messageId)
    const recipient = (index: number) => `person${index}@example.com`
    await fillLedger(ledger, size, (index) => ({ messageId, recipient: recipient(index) }))
    const worker = createWorker({ providers: [octopush], ledger, quarantine: ledger, telemetry: SILENT })
    const show = (parameters: Record<string, string>) =>
      milliseconds(() => showMessage(ledger, { provider: 'octopush', messageId }, parameters))
    return {
      name: size.toLocaleString('en'),
      async measure() {
        const event = queueEvent(1, () => smsBody(messageId, crypto.randomUUID()))
        return {
          'ms of one more record': await milliseconds(() => worker(event)),
          'ms of a page': await show({ limit: PAGE }),
          "ms of one recipient's": await show({ recipient: recipient(size >> 1) }),
        }
      },
    }
  }
  return besideItself(
    'Growth of a message',
    `Records of it, each of another recipient; DynamoDB emulator; a page holds ${PAGE} at most`,
    sizes,
    rounds,
    contender,
  )
}

/** The console's picture of messages that have more and more recipients. */
export function growthOfPicture(sizes: readonly number[], rounds: number): Promise<Finding> {
  const contender = async (client: DynamoDBClient, size: number): Promise<Contender> => {
    const messageId = `picture-of-${size}`
    const ledger = await createTable(client, messageId)
    await fillLedger(ledger, size, (index) => ({ messageId, recipient: `person${index}@example.com` }))
    const view = createConsole(
      { providers: ['octopush'], ledger, telemetry: { unexpected: fail } } as unknown as Desk,
      'view',
    )
    const show = async () => String(await view({ show: 'message', provider: 'octopush', messageId }))
    return {
      name: size.toLocaleString('en'),
      measure: async () => ({ ms: await milliseconds(show), 'KB of HTML': (await show()).length / 1_024 }),
    }
  }
  return besideItself(
    'Growth of a picture',
    'Records of a message, each of another recipient; DynamoDB emulator; the console draws a thousand at once',
    sizes,
    rounds,
    contender,
  )
}

function fail(error: unknown): never {
  throw error
}

/** A worker with one callback, with more and more recipients. */
export function growthOfCallback(sizes: readonly number[], rounds: number): Promise<Finding> {
  const contender = (size: number): Contender => ({
    name: size.toLocaleString('en'),
    async measure() {
      const times = Math.max(1, Math.round(200 / size))
      const quiet = workerOn(() => {})
      const repeat = async () => {
        for (let index = 0; index < times; index++) await quiet(queueEvent(1, () => bulkEmailBody(size)))
      }
      const perRecipient = await cpu(repeat, times * size)
      const heaps: number[] = []
      const watched = workerOn((call) => call % 100 === 0 && heaps.push(liveHeap()))
      await watched(queueEvent(1, () => bulkEmailBody(size)))
      return { 'CPU µs a recipient': perRecipient, 'MB of heap': Math.max(...heaps) }
    },
  })
  return compare(
    'Growth of a callback',
    'Recipients of it; an e-mail callback of Octopush through the worker, mock transport; the heap that is in use while it writes',
    sizes.map(contender),
    rounds,
  )
}

/** A transport that counts calls: `note` gets the count before each call to DynamoDB. */
function workerOn(note: (call: number) => unknown) {
  let calls = 0
  const requestHandler = mockTransport(() => note(calls++))
  const table = { client: new DynamoDBClient({ ...LOCAL_AWS, requestHandler }), name: 'ledger' }
  return createWorker({ providers: [octopush], ledger: table, quarantine: table, telemetry: SILENT })
}

/** Contenders that differ in the size of what they have, on one emulator. */
export async function besideItself(
  title: string,
  unit: string,
  sizes: readonly number[],
  rounds: number,
  contender: (client: DynamoDBClient, size: number) => Promise<Contender>,
): Promise<Finding> {
  const dynamoDb = await startDynamoDb()
  try {
    const client = new DynamoDBClient({ ...LOCAL_AWS, endpoint: dynamoDb.endpoint })
    const contenders: Contender[] = []
    for (const size of sizes) contenders.push(await contender(client, size))
    for (const { measure } of contenders) await measure()
    return await compare(title, unit, contenders, rounds)
  } finally {
    await dynamoDb.stop()
  }
}

/** How long something takes. */
export async function milliseconds(act: () => Promise<unknown>): Promise<number> {
  const begin = performance.now()
  await act()
  return performance.now() - begin
}
