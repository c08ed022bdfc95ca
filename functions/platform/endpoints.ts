import {
  type AttributeValue,
  BatchWriteItemCommand,
  GetItemCommand,
  paginateQuery,
  UpdateItemCommand,
  type WriteRequest,
} from '@aws-sdk/client-dynamodb'
import { type EndpointState, NEW_STATE, type PauseReason } from '../domain/endpoint.ts'
import type { LedgerEvent } from '../domain/event.ts'
import { attributeOf, itemOf } from './item.ts'
import { batchesOf, expiryAfter, type Table, untilNothingLeft } from './table.ts'
import { updateIf } from './update.ts'
import { valuesOf } from './values.ts'

const keyOf = (name: string) => itemOf({ pk: `endpoint#${name}`, sk: 'state' })

const textOf = (now: number): string => new Date(now).toISOString()

/** The state of an endpoint; that of a new one where it was never sent anything. */
export async function readState({ client, name }: Table, endpoint: string): Promise<EndpointState> {
  const Key = keyOf(endpoint)
  const { Item } = await client.send(new GetItemCommand({ TableName: name, Key, ConsistentRead: true }))
  return stateIn(Item)
}

/** What a batch of events, or a probe, came to. */
export interface Attempts {
  delivered: number
  failed: number
  lastAnswer: string
}

/** Keeps how an endpoint answered, in one write: one success ends a row of failures. Gives its state after that. */
export async function recordAttempts(
  { client, name }: Table,
  endpoint: string,
  { delivered, failed, lastAnswer }: Attempts,
  now: number,
): Promise<EndpointState> {
  const isAlive = delivered > 0
  const always = 'SET lastAnswer = :answer, lastAt = :now'
  const { Attributes } = await client.send(
    new UpdateItemCommand({
      TableName: name,
      Key: keyOf(endpoint),
      UpdateExpression: isAlive
        ? `${always}, failures = :none, lastSuccessAt = :now REMOVE failingSince`
        : `${always}, failures = if_not_exists(failures, :none) + :failed, failingSince = if_not_exists(failingSince, :now)`,
      ExpressionAttributeValues: itemOf({
        ':answer': lastAnswer,
        ':now': textOf(now),
        ':none': 0,
        ...(!isAlive && { ':failed': failed }),
      }),
      ReturnValues: 'ALL_NEW',
    }),
  )
  return stateIn(Attributes)
}

/** Pauses an endpoint; one that is paused already keeps its reason, unless an operator pauses it. */
export async function pauseEndpoint(table: Table, endpoint: string, reason: PauseReason, now: number): Promise<void> {
  await updateIf(table.client, {
    TableName: table.name,
    Key: keyOf(endpoint),
    UpdateExpression: 'SET #state = :paused, reason = :reason, since = :now REMOVE probedAt',
    ...(reason !== 'operator' && { ConditionExpression: 'attribute_not_exists(#state) OR #state <> :paused' }),
    ExpressionAttributeNames: { '#state': 'state' },
    ExpressionAttributeValues: itemOf({ ':paused': 'paused', ':reason': reason, ':now': textOf(now) }),
  })
}

/** Resumes an endpoint, which begins without failures; after a probe only where no operator has paused it meanwhile. */
export async function resumeEndpoint(
  table: Table,
  endpoint: string,
  by: 'probe' | 'operator',
  now: number,
): Promise<void> {
  await updateIf(table.client, {
    TableName: table.name,
    Key: keyOf(endpoint),
    UpdateExpression: 'SET #state = :flowing, since = :now, failures = :none REMOVE reason, failingSince, probedAt',
    ...(by !== 'operator' && { ConditionExpression: 'attribute_not_exists(reason) OR reason <> :operator' }),
    ExpressionAttributeNames: { '#state': 'state' },
    ExpressionAttributeValues: itemOf({
      ':flowing': 'flowing',
      ':none': 0,
      ':now': textOf(now),
      ...(by !== 'operator' && { ':operator': 'operator' }),
    }),
  })
}

/** Keeps when a paused endpoint was tried in vain. */
export async function recordProbe({ client, name }: Table, endpoint: string, now: number): Promise<void> {
  await client.send(
    new UpdateItemCommand({
      TableName: name,
      Key: keyOf(endpoint),
      UpdateExpression: 'SET probedAt = :now',
      ExpressionAttributeValues: { ':now': attributeOf(textOf(now)) },
    }),
  )
}

function stateIn(item: Record<string, AttributeValue> | undefined): EndpointState {
  const values = item === undefined ? {} : valuesOf(item)
  const names = Object.keys(NEW_STATE) as (keyof EndpointState)[]
  return Object.fromEntries(names.map((name) => [name, values[name] ?? NEW_STATE[name]])) as unknown as EndpointState
}

/** When an event was told to whom. */
export interface Told {
  /** RFC 3339 */
  at: string
  endpoint: string
  /** The event's. */
  id: string
  type: string
  /** Where its delivery stood. */
  status: string | null
  /** The HTTP status that the endpoint answered. */
  answer: string
}

const TOLD_DAYS = 30

/** DynamoDB's most of one request. */
const BATCH_SIZE = 25

/** The rows of a batch of events of which each was told to an endpoint. */
export async function recordTold(
  { client, name }: Table,
  told: readonly (Omit<Told, 'id' | 'type' | 'status'> & { event: LedgerEvent })[],
  now: number,
): Promise<void> {
  const expiresAt = expiryAfter(TOLD_DAYS, now)
  const rows = new Map(
    told.map(({ at, endpoint, answer, event: { id, subject, type, data } }) => {
      const [pk, sk] = [`told#${subject}`, `${at}#${endpoint}#${id}`]
      const row: Told = { at, endpoint, id, type, status: data.status, answer }
      // A request must not have two rows of one key.
      return [pk + sk, { PutRequest: { Item: itemOf({ pk, sk, ...row, expiresAt }) } }] as const
    }),
  )
  const write = async (requests: WriteRequest[]): Promise<WriteRequest[]> => {
    const answers = batchesOf(requests, BATCH_SIZE).map((batch) =>
      client.send(new BatchWriteItemCommand({ RequestItems: { [name]: batch } })),
    )
    return (await Promise.all(answers)).flatMap(({ UnprocessedItems }) => UnprocessedItems?.[name] ?? [])
  }
  const left = await untilNothingLeft<WriteRequest>([...rows.values()], write)
  if (left.length > 0) throw new Error(`${left.length} rows of what was told were not written`)
}

/** The newest rows of one delivery; older ones are not read. */
const MAX_TOLD = 200

/** When the events of a delivery, by their subject, were told to whom: in the order of time, of the last 30 days. */
export async function toldOf({ client, name }: Table, subject: string): Promise<Told[]> {
  const rows: Told[] = []
  const pages = paginateQuery(
    { client },
    {
      TableName: name,
      KeyConditionExpression: 'pk = :pk',
      ExpressionAttributeValues: itemOf({ ':pk': `told#${subject}` }),
      ScanIndexForward: false,
      Limit: MAX_TOLD,
    },
  )
  for await (const { Items = [] } of pages) {
    for (const item of Items) {
      const { at, endpoint, id, type, status, answer } = valuesOf(item)
      rows.push({ at, endpoint, id, type, status, answer })
    }
    if (rows.length >= MAX_TOLD) break
  }
  return rows.slice(0, MAX_TOLD).toReversed()
}
