import type { StatusRecord } from '../functions/domain/status.ts'

const COLUMNS: Record<string, (record: StatusRecord) => string> = {
  occurredAt: ({ occurredAt }) => occurredAt ?? '',
  recipient: ({ recipient, part }) => [recipient, part !== null && `part ${part}`].filter(Boolean).join(' '),
  channel: ({ channel }) => channel ?? '',
  status: ({ status, final }) => (final ? `${status} (final)` : status),
  providerStatus: ({ providerStatus }) => providerStatus,
  reason: ({ description, error }) =>
    [...new Set([description, error?.code, error?.message])].filter(Boolean).join(', '),
  price: ({ price }) =>
    price === null ? '' : [price.amount, price.currency].filter((part) => part !== null).join(' '),
  receivedAt: ({ receivedAt }) => receivedAt,
}

/** The history of a message, for people: one row per record, without empty columns. */
export const historyTable = (records: readonly StatusRecord[]): string => filledTable(COLUMNS, records)

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
