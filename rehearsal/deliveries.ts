import { deepStrictEqual as expectEqual, ok as expectTrue } from 'node:assert/strict'
import { paginateScan } from '@aws-sdk/client-dynamodb'
import { unmarshall } from '@aws-sdk/util-dynamodb'
import canonicalize from 'canonicalize'
import pMap from 'p-map'
import { kindOf } from '../functions/domain/standing.ts'
import type { StatusRecord } from '../functions/domain/status.ts'
import type { Summary } from '../functions/domain/summary.ts'
import type { Deployment } from './deployment.ts'
import { streamInserts } from './differences.ts'
import { cases } from './provider-traffic.ts'
import { eventually, query, type Scene } from './scene.ts'

/** A delivery as `GET /v1/messages/…` gives it. */
interface Delivery extends Pick<Summary, 'recipient' | 'part' | 'channel' | 'status' | 'final' | 'statusAt'> {
  history: StatusRecord[]
}

const EXPECTED = { provider: 'octopush', messageId: 'never-reported', reference: 'order 4711' }

/** The rows of the table of deliveries, but for what is only expected. */
export async function readRows({ dynamoDb, idOf }: Deployment): Promise<Summary[]> {
  const rows: Summary[] = []
  const TableName = idOf('AWS::DynamoDB::Table', 'DeliveriesTable')
  for await (const { Items = [] } of paginateScan({ client: dynamoDb }, { TableName, ConsistentRead: true }))
    rows.push(
      ...Items.map((item) => unmarshall(item))
        .filter(({ sk }) => sk.startsWith('delivery#'))
        .map((row) => row as Summary),
    )
  return rows
}

/** Waits until the table of deliveries says of each message what its history in the ledger does. */
export async function compareDeliveries({ deployment }: Scene): Promise<string> {
  await streamInserts(deployment)
  const messages = new Map(
    cases.flatMap(({ records }) => records).map((record) => [`${record.provider} ${record.messageId}`, record]),
  )
  const told = await pMap(
    messages.values(),
    async ({ provider, messageId }) => {
      const path = `/messages/${provider}/${encodeURIComponent(messageId)}?limit=1000`
      const message = await query<{ deliveries: Delivery[] }>(deployment, path)
      return (message?.deliveries ?? []).map(({ history, ...delivery }) =>
        factOf({ provider, messageId, records: history.length, ...delivery }),
      )
    },
    { concurrency: 8 },
  )
  const expected = told.flat().sort()
  const isOfACase = ({ provider, messageId }: Summary) => messages.has(`${provider} ${messageId}`)
  const kept = async () => (await readRows(deployment)).filter(isOfACase).map(factOf).sort()
  await eventually('as many deliveries as the ledger has', async () => (await kept()).length >= expected.length)
  await eventually(
    'deliveries as the ledger has them',
    async () => canonicalize(await kept()) === canonicalize(expected),
  ).catch(async () => expectEqual(await kept(), expected))
  return `${expected.length} deliveries stand where the ledger says`
}

/** What both say of a delivery. */
const factOf = ({
  provider,
  messageId,
  recipient = null,
  part = null,
  channel = null,
  status,
  final,
  statusAt,
  records,
}: Pick<
  Summary,
  'provider' | 'messageId' | 'recipient' | 'part' | 'channel' | 'status' | 'final' | 'statusAt' | 'records'
>) => canonicalize({ provider, messageId, recipient, part, channel, status, final, statusAt, records }) as string

/** A question by each look-up, about a delivery that answers it. */
const QUESTIONS: Record<string, (delivery: Summary) => Record<string, string> | undefined> = {
  recipient: ({ recipient }) => (recipient ? { recipient } : undefined),
  reference: ({ reference }) => (reference ? { reference } : undefined),
  campaign: ({ campaign }) => (campaign ? { campaign } : undefined),
  failed: ({ provider, status, statusAt }) =>
    status && statusAt && kindOf(status) === 'failure' ? { status, provider, day: statusAt.slice(0, 10) } : undefined,
}

/** Asks each question about the first delivery that it can be asked about, and finds it. */
export async function lookUp({ deployment }: Scene): Promise<string> {
  const rows = await readRows(deployment)
  const found = await pMap(Object.entries(QUESTIONS), async ([name, of]) => {
    const [row] = rows.filter((row) => of(row) !== undefined)
    if (row === undefined) throw new Error(`expected a delivery with a ${name}`)
    const items = await ask(deployment, of(row) ?? {})
    expectTrue(items.some(({ provider, messageId }) => provider === row.provider && messageId === row.messageId))
    return `${items.length} by ${name}`
  })
  return found.join(', ')
}

/** States what will never come, and sees it become overdue by the schedule's sweep. */
export async function expectInVain({ deployment }: Scene): Promise<string> {
  const { provider, messageId, reference } = EXPECTED
  const isIt = (item: Summary) => item.messageId === messageId
  const path = `/expectations/${provider}/${messageId}`
  // Not due at once, or it would be overdue without a sweep.
  await query(deployment, path, 'PUT', { reference, sentAt: new Date().toISOString(), patience: 5 })
  expectTrue((await ask(deployment, { reference })).some((item) => isIt(item) && item.status === null))
  expectTrue(!(await ask(deployment, { overdue: 'true', provider })).some(isIt))
  const overdue = await eventually('what never came to be overdue', async () =>
    (await ask(deployment, { overdue: 'true', provider })).find(isIt),
  )
  expectTrue(overdue.overdueSince !== null && overdue.records === 0)
  return `${overdue.reference}, which nobody reported: found at once, and overdue by a sweep of the schedule`
}

async function ask(deployment: Deployment, question: Record<string, string>): Promise<Summary[]> {
  const page = await query<{ items: Summary[] }>(
    deployment,
    `/deliveries?${new URLSearchParams({ ...question, limit: '1000' })}`,
  )
  return page?.items ?? []
}
