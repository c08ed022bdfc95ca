import pMap from 'p-map'
import type { Normalizer } from '../functions/domain/normalizer.ts'
import { follow } from '../functions/platform/follow.ts'
import { applyChange, type Change, findOutdated } from '../functions/platform/remap.ts'
import { tableOf } from '../local/table.ts'
import type { Output } from './output.ts'
import { scanAll } from './scan.ts'
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
  target: Target,
  output: Output,
  provider: string,
  normalizer: Normalizer,
  { apply = false, after }: RemapOptions,
): Promise<void> {
  const { print, printJson } = output
  const groups = new Map<string, Group>()
  let changed = 0
  const soFar = () => `${changed} ${apply ? 'changed' : 'to change'}`
  const scanned = await scanAll(target.ledger, output, { after, soFar }, async (position) => {
    const page = await findOutdated(target.ledger, provider, normalizer, position)
    if (apply) await applyChanges(target, page.changes)
    for (const change of page.changes) addTo(groups, change)
    changed += page.changes.length
    return page
  })
  for (const group of groups.values()) printJson(group)
  if (groups.size > 0) print(diffOf([...groups.values()]))
  print(`${scanned} rows read, ${changed} ${apply ? 'changed' : 'would change (--apply changes them)'}`)
}

/** Writes changes into the rows, and where their deliveries stand now. */
async function applyChanges({ ledger, deliveries }: Target, changes: readonly Change[]): Promise<void> {
  await pMap(changes, (change) => applyChange(ledger, change), { concurrency: CONCURRENCY })
  const { failed } = await follow(
    deliveries,
    ledger,
    changes.map(({ key }) => key),
  )
  if (failed.length > 0)
    throw new Error(`${failed[0]?.cause?.message}: rows were changed without their deliveries; run ledger project`)
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
