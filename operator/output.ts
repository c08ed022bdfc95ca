/** What a command prints: text for people, or with `--json` one JSON value per line on standard output. */
export interface Output {
  /** Nothing is changed. */
  dryRun: boolean
  /** A line for people. */
  print(line: string): void
  /** A value for programs, and what people get instead, if anything. */
  printJson(value: unknown, line?: string): void
  /** How much of it is done. */
  progress(done: number, total: number): void
}

/** The output of this process. */
export function createOutput({ json = false, dryRun = false }: { json?: boolean; dryRun?: boolean }): Output {
  const startedAt = Date.now()
  let shownAt = 0
  return {
    dryRun,
    print: (line) => (json ? process.stderr : process.stdout).write(`${harmless(line)}\n`),
    printJson(value, line) {
      if (json) process.stdout.write(`${escaped(JSON.stringify(value))}\n`)
      else if (line !== undefined) process.stdout.write(`${harmless(line)}\n`)
    },
    progress(done, total) {
      const isLast = done === total
      if (!process.stderr.isTTY || (Date.now() - shownAt < 100 && !isLast)) return
      shownAt = Date.now()
      process.stderr.write(`\r${barOf(done, total, (shownAt - startedAt) / 1000)}\u001b[K${isLast ? '\n' : ''}`)
    },
  }
}

/** A provider's text may hold control characters that a terminal obeys: shown as dots, and in JSON escaped. */
const harmless = (text: string): string => text.replace(/[^\P{Cc}\n\t]/gu, '·')
const escaped = (json: string): string =>
  json.replace(/[\u007f-\u009f]/g, (unit) => `\\u00${unit.charCodeAt(0).toString(16)}`)

const WIDTH = 30

/** A bar with count, share, rate and time left. */
export function barOf(done: number, total: number, seconds: number): string {
  const share = total === 0 ? 1 : done / total
  const filled = Math.round(share * WIDTH)
  const rate = done / Math.max(seconds, 0.001)
  const left = Math.ceil((total - done) / Math.max(rate, 0.001))
  const bar = '█'.repeat(filled) + '░'.repeat(WIDTH - filled)
  return `${bar} ${done}/${total}  ${Math.round(share * 100)} %  ${rate.toFixed(1)}/s  ${left} s left`
}
