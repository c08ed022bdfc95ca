import { DescribeTableCommand } from '@aws-sdk/client-dynamodb'
import type { Key } from '../functions/domain/key.ts'
import type { Table } from '../functions/platform/table.ts'
import type { Output } from './output.ts'

/** How a scan begins, and what is said of it where it ends early. */
export interface Scan {
  /** The position that an earlier run printed. */
  after?: string | undefined
  /** What has been done so far. */
  soFar: () => string
  /** What a position is called, where a run reads more than this table; it begins with '' as the position. */
  nameOf?: (position: string) => string
}

/**
 * Reads a table part by part, with progress; gives how many rows were read. When it is interrupted, it ends after the part under way,
 * which may end early then, with the key of the last row that was handled as its next.
 *
 * @throws Error that says where to continue.
 */
export async function scanAll(
  table: Table,
  { progress }: Pick<Output, 'progress'>,
  { after, soFar, nameOf }: Scan,
  readPart: (
    position: Key | undefined,
    isStopped: () => boolean,
  ) => Promise<{ scanned: number; next: Key | undefined }>,
): Promise<number> {
  let position = after ? decodePosition(after) : undefined
  const total = await countRows(table)
  let scanned = 0
  let isStopped = false
  const stop = () => {
    isStopped = true
  }
  process.once('SIGINT', stop)
  try {
    do {
      if (isStopped) throw new Error('interrupted')
      const part = await readPart(position, () => isStopped)
      scanned += part.scanned
      progress(part.next === undefined ? Math.max(total, scanned) : scanned, Math.max(total, scanned))
      position = part.next
    } while (position !== undefined)
  } catch (error) {
    const name = position === undefined ? nameOf?.('') : (nameOf ?? String)(encodePosition(position))
    const where = name === undefined ? '' : `; continue with --after ${name}`
    throw new Error(`${(error as Error).message}: ${scanned} rows read, ${soFar()}${where}`)
  } finally {
    process.off('SIGINT', stop)
  }
  return scanned
}

/** About how many rows a table has: DynamoDB counts them every six hours. */
async function countRows({ client, name }: Table): Promise<number> {
  const { Table } = await client.send(new DescribeTableCommand({ TableName: name }))
  return Table?.ItemCount ?? 0
}

const encodePosition = (key: Key): string => Buffer.from(JSON.stringify(key)).toString('base64url')

function decodePosition(text: string): Key {
  try {
    const { pk, sk } = JSON.parse(Buffer.from(text, 'base64url').toString())
    if (typeof pk === 'string' && typeof sk === 'string') return { pk, sk }
  } catch {}
  throw new Error('--after: expected the position that an earlier run printed')
}
