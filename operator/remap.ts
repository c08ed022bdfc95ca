import pMap from 'p-map'
import type { Key } from '../functions/domain/key.ts'
import type { Normalizer } from '../functions/domain/normalizer.ts'
import { applyChange, type Change, countRows, findOutdated } from '../functions/platform/remap.ts'
import { tableOf } from '../local/table.ts'
import type { Output } from './output.ts'
import type { Target } from './target.ts'

const CONCURRENCY = 16

/** What to do, and where an earlier run ended. */
export interface RemapOptions {
  /** Without it nothing is written. */
  apply?: boolean
  /** The position that an earlier run printed. */
  after?: string
}

/** Rows that change from one status to another, or only in the version of the mapping. */
interface Group {
  word: string
  from: string
  to: string
  rows: number
  example: string
}

/**
 * Compares all rows of a provider with today's mapping, shows what would change, and with `apply` changes it. Can be
 * interrupted at any time, and continued from the position that it prints.
 */
export async function remap(
  { ledger }: Target,
  { print, printJson, progress }: Output,
  provider: string,
  normalizer: Normalizer,
  { apply = false, after }: RemapOptions,
): Promise<void> {
  const groups = new Map<string, Group>()
  let position = after === undefined ? undefined : decodePosition(after)
  const total = await countRows(ledger)
  let [scanned, changed] = [0, 0]
  try {
    do {
      const page = await findOutdated(ledger, provider, normalizer, position)
      if (apply) await pMap(page.changes, (change) => applyChange(ledger, change), { concurrency: CONCURRENCY })
      for (const change of page.changes) addTo(groups, change)
      scanned += page.scanned
      changed += page.changes.length
      progress(page.next === undefined ? Math.max(total, scanned) : scanned, Math.max(total, scanned))
      position = page.next
    } while (position !== undefined)
  } catch (error) {
    const where = position === undefined ? '' : `; continue with --after ${encodePosition(position)}`
    throw new Error(
      `${(error as Error).message}: ${scanned} rows read, ${changed} ${apply ? 'changed' : 'to change'}${where}`,
    )
  }
  for (const group of groups.values()) printJson(group)
  if (groups.size > 0) print(diffOf([...groups.values()]))
  print(`${scanned} rows read, ${changed} ${apply ? 'changed' : 'would change (--apply changes them)'}`)
}

function addTo(groups: Map<string, Group>, { providerStatus, from, to, messageId }: Change): void {
  const [before, now] =
    from.status === to.status ? [`version ${from.normalizer}`, `version ${to.normalizer}`] : [from.status, to.status]
  const word = from.status === to.status ? '' : providerStatus
  const name = JSON.stringify([word, before, now])
  const group = groups.get(name) ?? { word, from: before, to: now, rows: 0, example: messageId }
  groups.set(name, { ...group, rows: group.rows + 1 })
}

const diffOf = (groups: readonly Group[]): string =>
  tableOf([
    ['rows', 'word', 'from', 'to', 'example'],
    ...groups.map(({ rows, word, from, to, example }) => [String(rows), word || '(any)', from, to, example]),
  ])

const encodePosition = (key: Key): string => Buffer.from(JSON.stringify(key)).toString('base64url')

function decodePosition(text: string): Key {
  try {
    const { pk, sk } = JSON.parse(Buffer.from(text, 'base64url').toString())
    if (typeof pk === 'string' && typeof sk === 'string') return { pk, sk }
  } catch {}
  throw new Error('--after: expected the position that an earlier run printed')
}
