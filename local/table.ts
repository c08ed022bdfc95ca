import type { Delivery } from '../functions/domain/delivery.ts'
import { standsAt } from '../functions/domain/standing.ts'
import type { StatusRecord } from '../functions/domain/status.ts'

const columnsOf = (current: ReadonlySet<StatusRecord>): Record<string, (record: StatusRecord) => string> => ({
  occurredAt: ({ occurredAt }) => occurredAt ?? '',
  recipient: ({ recipient, part }) => [recipient, part !== null && `part ${part}`].filter(Boolean).join(' '),
  channel: ({ channel }) => channel ?? '',
  status: (record) => (record.final && current.has(record) ? `${record.status} (final)` : record.status),
  providerStatus: ({ providerStatus }) => providerStatus,
  reason: ({ description, error }) =>
    [...new Set([description, error?.code, error?.message])].filter(Boolean).join(', '),
  price: ({ price }) =>
    price === null ? '' : [price.amount, price.currency].filter((part) => part !== null).join(' '),
  receivedAt: ({ receivedAt }) => receivedAt,
})

/**
 * The histories of a message's deliveries, for people: one row per record, without empty columns; what is final is marked where the
 * delivery stands.
 */
export const historyTable = (deliveries: readonly Delivery[]): string =>
  filledTable(
    columnsOf(new Set(deliveries.flatMap(({ history }) => standsAt(history) ?? []))),
    deliveries.flatMap(({ history }) => history),
  )

/** Things in aligned columns with headings, without empty columns. */
export function filledTable<T>(columns: Readonly<Record<string, (thing: T) => string>>, things: readonly T[]): string {
  const cells = Object.entries(columns).map(([name, read]) => [name, ...things.map(read)])
  const filled = cells.filter(([, ...own]) => own.some((cell) => cell !== ''))
  return tableOf(Array.from({ length: things.length + 1 }, (_, row) => filled.map((column) => column[row] || '-')))
}

/** Rows in aligned columns; control characters, which a provider may have sent, are shown as dots. */
export function tableOf(rows: readonly (readonly string[])[]): string {
  const clean = rows.map((row) => row.map((cell) => cell.replace(/\p{Cc}/gu, '·')))
  const widths = clean[0]?.map((_, column) => Math.max(...clean.map((row) => row[column]?.length ?? 0))) ?? []
  return clean
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}
