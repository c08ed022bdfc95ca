/** One thing that is measured beside others. */
export interface Contender {
  name: string
  /** Gives a number for each column, the smaller the better; a column that it cannot measure is missing. */
  measure: () => Promise<Record<string, number>> | Record<string, number>
}

/** What a benchmark found: for each contender and column the median, its spread, and the ratio to the base. */
export interface Finding {
  title: string
  unit: string
  base: string
  rows: { name: string; cells: Record<string, { median: number; spread: number; ratio: number }> }[]
}

/** Measures all contenders in turn, again and again, so that other load of the machine affects them alike. The first is the base. */
export async function compare(title: string, unit: string, contenders: Contender[], rounds: number): Promise<Finding> {
  const seen = contenders.map(() => [] as Record<string, number>[])
  for (let round = 0; round < rounds; round++)
    for (const [index, { measure }] of contenders.entries()) seen[index]?.push(await measure())
  const cellsOf = (runs: Record<string, number>[]) =>
    Object.fromEntries(
      Object.keys(runs[0] ?? {}).map((column) => [column, summaryOf(runs.map((run) => run[column] ?? 0))]),
    )
  const summaries = seen.map(cellsOf)
  const base = summaries[0] ?? {}
  return {
    title,
    unit,
    base: contenders[0]?.name ?? '',
    rows: contenders.map(({ name }, index) => ({
      name,
      cells: Object.fromEntries(
        Object.entries(summaries[index] ?? {}).map(([column, { median, spread }]) => [
          column,
          { median, spread, ratio: median / (base[column]?.median ?? Number.NaN) },
        ]),
      ),
    })),
  }
}

/** The median, and how far half of the runs are from each other, as a share of it. */
function summaryOf(values: number[]) {
  const sorted = [...values].sort((a, b) => a - b)
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN
  const median = at(0.5)
  return { median, spread: (at(0.75) - at(0.25)) / median }
}

/** A finding as a table in Markdown. */
export function markdownOf({ title, unit, base, rows }: Finding): string {
  const columns = [...new Set(rows.flatMap(({ cells }) => Object.keys(cells)))]
  const cell = (found?: { median: number; spread: number; ratio: number }) =>
    found === undefined
      ? '—'
      : `${digits(found.median)} ± ${Math.round(found.spread * 100)} %${Number.isNaN(found.ratio) ? '' : ` (${found.ratio.toFixed(2)} ×)`}`
  return [
    `### ${title}`,
    '',
    `${unit}; in brackets the ratio to ${base}.`,
    '',
    `| | ${columns.join(' | ')} |`,
    `| --- |${columns.map(() => ' ---: |').join('')}`,
    ...rows.map(({ name, cells }) => `| ${name} | ${columns.map((column) => cell(cells[column])).join(' | ')} |`),
  ].join('\n')
}

const digits = (value: number) =>
  value < 10 ? value.toFixed(2) : value < 100 ? value.toFixed(1) : String(Math.round(value))
