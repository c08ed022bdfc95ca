import type { StatusRecord } from '../functions/domain/status.ts'

/** The history of a message, for people. */
export const historyTable = (records: readonly StatusRecord[]): string =>
  tableOf([
    ['recipient', 'channel', 'occurredAt', 'status', 'providerStatus'],
    ...records.map(({ recipient, part, channel, status, final, providerStatus, occurredAt }) => [
      [recipient, part === null ? null : `part ${part}`].filter(Boolean).join(' ') || '-',
      channel ?? '-',
      occurredAt ?? '-',
      final ? `${status} •` : status,
      providerStatus,
    ]),
  ])

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
