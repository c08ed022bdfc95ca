import {
  type AttributeValue,
  BatchExecuteStatementCommand,
  type BatchStatementResponse,
  type DynamoDBServiceException,
  type BatchStatementErrorCodeEnum as ErrorCode,
} from '@aws-sdk/client-dynamodb'
import pMap from 'p-map'
import type { Key } from '../domain/key.ts'
import { RECORD_FIELDS, type StatusRecord } from '../domain/status.ts'
import { attributeOf } from './item.ts'
import { batchesOf, CONCURRENCY, expiryAfter, isThrottling, type Table, untilNothingLeft } from './table.ts'

/** A status record as it is stored, and after `insertRows` the result. */
export interface Row {
  record: StatusRecord
  /** In the order of the ledger's columns. */
  values: AttributeValue[]
  /** About how many it takes. */
  bytes: number
  /** `refused`: this row can never be stored; `failed`: it may be tried again. */
  fate?: 'recorded' | 'duplicate' | 'refused' | 'failed'
  /** Why it was refused or failed. */
  cause?: string
  /** An attempt may have stored it although its answer was lost: if it is there the next time, it is ours. */
  isInDoubt?: boolean
}

/** A ledger whose rows may expire. */
export interface Ledger extends Table {
  /** After how many days a row expires; never without. */
  retentionDays?: number | undefined
}

/** Codes of what no second try can change: the item itself breaks a rule of DynamoDB. */
const REFUSALS: ReadonlySet<string | undefined> = new Set([
  'ValidationError',
  'ItemCollectionSizeLimitExceeded',
  'ValidationException',
  'SerializationException',
])

const UNANSWERED: BatchStatementResponse = { Error: { Code: 'InternalServerError' } }

/**
 * The row of a record, which takes about so many bytes, by default a KB.
 *
 * @throws Error where DynamoDB cannot hold the record.
 */
export function rowOf({ retentionDays }: Ledger, key: Key, record: StatusRecord, bytes = 1_024): Row {
  const values: unknown[] = [key.pk, key.sk, ...RECORD_FIELDS.map((field) => record[field])]
  if (retentionDays) values.push(expiryAfter(retentionDays))
  return { record, values: values.map((value) => attributeOf(value)), bytes }
}

/**
 * Inserts rows that have distinct keys: 25 a round trip, the first write of a key wins. What is throttled is tried until the
 * deadline (milliseconds since 1970). The result is written into each row; never throws.
 *
 * A PartiQL INSERT fails with `DuplicateItem` where the key exists, statement by statement, which neither BatchWriteItem
 * (overwrites) nor a transaction (all or nothing, twice the price) gives.
 */
export async function insertRows(ledger: Ledger, rows: readonly Row[], deadline?: number): Promise<void> {
  const batches = batchesOf(rows, undefined, ({ bytes }) => bytes)
  await pMap(batches, (batch) => insertBatch(ledger, batch, deadline), { concurrency: CONCURRENCY })
}

/** Inserts nothing, which DynamoDB refuses: that opens the connection. */
export const knock = (ledger: Ledger): Promise<void> => tryInsert(ledger, [])

async function insertBatch(ledger: Ledger, batch: Row[], deadline: number | undefined): Promise<void> {
  const step = async (left: Row[]) => {
    await tryInsert(ledger, left)
    return left.filter(({ fate }) => fate === 'failed')
  }
  const isThrottled = (left: readonly Row[]) => left.some(({ cause }) => isThrottling(cause))
  const left = await untilNothingLeft(batch, step, { deadline, isThrottled })
  for (const row of left) if (row.fate === undefined) Object.assign(row, { fate: 'failed', cause: 'OutOfTime' })
}

async function tryInsert(ledger: Ledger, rows: Row[]): Promise<void> {
  try {
    const Statement = insertStatement(ledger)
    const Statements = rows.map(({ values }) => ({ Statement, Parameters: values }))
    const { Responses = [] } = await ledger.client.send(new BatchExecuteStatementCommand({ Statements }))
    for (const [index, row] of rows.entries()) Object.assign(row, fateOf(Responses[index] ?? UNANSWERED, row))
  } catch (error) {
    const { name, message } = error as Error
    const isAnswered = ((error as DynamoDBServiceException).$metadata?.httpStatusCode ?? 500) < 500
    // One row can spoil the whole request (a number beyond DynamoDB's, say): alone, each shows what it is.
    if (REFUSALS.has(name) && rows.length > 1)
      await pMap(rows, (row) => tryInsert(ledger, [row]), { concurrency: CONCURRENCY })
    else
      for (const row of rows) {
        Object.assign(row, fateOf({ Error: { Code: name as ErrorCode, Message: message } }, row))
        if (!isAnswered) row.isInDoubt = true
      }
  }
}

function fateOf({ Error: error }: BatchStatementResponse, { isInDoubt }: Row): Partial<Row> {
  if (error === undefined) return { fate: 'recorded' }
  if (error.Code === 'DuplicateItem') return { fate: isInDoubt ? 'recorded' : 'duplicate' }
  if (REFUSALS.has(error.Code)) return { fate: 'refused', cause: `DynamoDB: ${error.Message}` }
  return {
    fate: 'failed',
    cause: error.Code ?? 'unknown',
    isInDoubt: isInDoubt || error.Code === 'InternalServerError',
  }
}

/** Inserts one row, whose values come in the order of the columns. */
function insertStatement({ name, retentionDays }: Ledger): string {
  const columns = ['pk', 'sk', ...RECORD_FIELDS, ...(retentionDays ? ['expiresAt'] : [])]
  return `INSERT INTO "${name}" VALUE {${columns.map((column) => `'${column}':?`).join(',')}}`
}
