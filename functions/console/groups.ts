import { hash } from 'node:crypto'
import { sourceName } from '../domain/source.ts'
import { listHeads, type QuarantineHead } from '../platform/quarantine.ts'
import type { Table } from '../platform/table.ts'

/** Quarantined callbacks that are read at once. */
const MAX_HEADS = 1_000

/** The callbacks of a provider, or of its account, that cannot be read for the same reason, newest first; never empty. */
export interface Group {
  id: string
  /** The name of the provider, or of its account. */
  source: string
  /** The reason of the newest one. */
  reason: string
  heads: QuarantineHead[]
}

/** What is in quarantine, newest first, and whether that is all. */
export async function readHeads(table: Table, providers: readonly string[]) {
  const { heads, next } = await listHeads(table, providers, MAX_HEADS)
  return { heads, isAll: next === undefined }
}

/** Quarantined callbacks by reason, the most frequent first. */
export const groupsOf = (heads: readonly QuarantineHead[]): Group[] =>
  [...Map.groupBy(heads, groupIdOf)]
    .map(([id, own]) => ({ id, source: own[0] ? sourceName(own[0]) : '', reason: own[0]?.reason ?? '', heads: own }))
    .sort((one, other) => other.heads.length - one.heads.length)

/** The same for the same reason of a provider or account, wherever in a callback it stands. */
export const groupIdOf = ({ provider, account = '', reason }: QuarantineHead): string =>
  `${provider}-${hash('sha256', `${account} ${reason.replace(/\d+/g, 'n')}`, 'hex').slice(0, 16)}`
