import type { Answer, Call } from './fault-proxy.ts'
import type { Faults } from './faults.ts'
import type { Random } from './random.ts'

/** Share of batches of which some rows are not written, and of those of which one row is not for longer than it is tried. */
const SHARE = { partial: 0.1, stubborn: 0.04, dead: 0.01 }

/** Longer than a worker tries a row that fails for another reason than throttling, in milliseconds. */
const LONGER = 3_000

/** https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/bp-partition-key-design.html */
const UNITS_A_SECOND = 1_000
const UNIT_BYTES = 1_024

const ERRORS = ['ThrottlingError', 'ProvisionedThroughputExceeded', 'InternalServerError', 'RequestLimitExceeded']

/** What DynamoDB does to single rows. */
export interface RowFaults {
  random: Random
  faults: Faults
  /** Until when a row fails, by its key; milliseconds since 1970. */
  failing: Map<string, number>
  /** Whether the run is long enough for a row that fails until its callback is a dead letter. */
  hasTime: boolean
  /** The write units that a partition has left, and when that was so. */
  partitions: Map<string, { units: number; at: number }>
}

/** What may fail in a batch, and how an answer says so. */
interface Batch {
  rows: unknown[]
  rebuild(rows: unknown[]): object
  answer(result: Record<string, unknown>, errors: (string | undefined)[]): object
}

/** Writes the rows of a batch that do not fail; the answer says that the others were not written. */
export async function forwardRows(
  rowFaults: RowFaults,
  call: Call,
  forward: (body?: Buffer) => Promise<Answer>,
): Promise<Answer> {
  const batch = batchOf(call)
  if (batch === undefined) return forward()
  const errors = errorsOf(rowFaults, batch.rows)
  if (errors.every((error) => error === undefined)) return forward()
  const encode = (value: object) => Buffer.from(JSON.stringify(value))
  const through = batch.rows.filter((_, index) => errors[index] === undefined)
  const answer = through.length > 0 ? await forward(encode(batch.rebuild(through))) : { status: 200, body: '{}' }
  if (answer.status !== 200) return answer
  return { ...answer, body: encode(batch.answer(JSON.parse(String(answer.body)), errors)) }
}

function batchOf({ operation, body }: Call): Batch | undefined {
  if (operation === 'BatchExecuteStatement') {
    const request = JSON.parse(body.toString())
    return {
      rows: request.Statements,
      rebuild: (Statements) => ({ ...request, Statements }),
      answer({ Responses = [] }, errors) {
        const written = (Responses as object[]).values()
        const failed = (Code: string) => ({ Error: { Code, Message: 'injected' } })
        return { Responses: errors.map((code) => (code === undefined ? written.next().value : failed(code))) }
      },
    }
  }
  if (operation !== 'BatchWriteItem') return undefined
  const [[table, rows] = ['', []]] = Object.entries<unknown[]>(JSON.parse(body.toString()).RequestItems)
  return {
    rows,
    rebuild: (through) => ({ RequestItems: { [table]: through } }),
    answer: (_, errors) => ({ UnprocessedItems: { [table]: rows.filter((_, index) => errors[index] !== undefined) } }),
  }
}

function errorsOf(rowFaults: RowFaults, rows: readonly unknown[]): (string | undefined)[] {
  const { random, faults, failing, hasTime } = rowFaults
  const keys = rows.map(keyOf)
  // The last one: code that looks only at the first does not see it.
  const last = keys.at(-1)
  if (last !== undefined && rows.length > 1) {
    if (faults.happens('DynamoDB fails one row of many for longer than it is tried', SHARE.stubborn))
      failing.set(last.join(), Math.max(failing.get(last.join()) ?? 0, Date.now() + LONGER))
    if (
      hasTime &&
      !failing.values().some((until) => until === Number.POSITIVE_INFINITY) &&
      faults.happens('DynamoDB fails one row of many until its callback is a dead letter', SHARE.dead)
    )
      failing.set(last.join(), Number.POSITIVE_INFINITY)
  }
  const isPartial = faults.happens('DynamoDB writes part of a batch', SHARE.partial)
  return rows.map((row, index) => {
    const key = keys[index]
    if (key === undefined) return isPartial && random.chance(0.5) ? 'unprocessed' : undefined
    if ((failing.get(key.join()) ?? 0) > Date.now()) return 'InternalServerError'
    if (isPartial && random.chance(0.5)) return random.pick(ERRORS)
    if (takeUnits(rowFaults, key[0], Math.ceil(JSON.stringify(row).length / UNIT_BYTES))) return undefined
    faults.count('DynamoDB throttles a partition row by row')
    return 'ThrottlingError'
  })
}

/** The key of a row that is inserted: its first two columns. */
function keyOf(row: unknown): [pk: string, sk: string] | undefined {
  const { Parameters } = row as { Parameters?: { S: string }[] }
  return Parameters && [Parameters[0]?.S ?? '', Parameters[1]?.S ?? '']
}

function takeUnits({ partitions }: RowFaults, pk: string, units: number): boolean {
  const now = Date.now()
  const known = partitions.get(pk) ?? { units: UNITS_A_SECOND, at: now }
  const left = Math.min(UNITS_A_SECOND, known.units + ((now - known.at) / 1_000) * UNITS_A_SECOND)
  partitions.set(pk, { units: left - (left >= units ? units : 0), at: now })
  return left >= units
}
