import { vi } from 'vitest'
import { createProgram } from '../operator/program.ts'

/** Runs `ledger` in this process; gives what it printed, line by line, and its exit code. */
export async function runLedger(...args: string[]) {
  const printed: string[] = []
  const said: string[] = []
  const write = (to: string[]) => (text: string | Uint8Array) => to.push(String(text)) > 0
  const out = vi.spyOn(process.stdout, 'write').mockImplementation(write(printed))
  const error = vi.spyOn(process.stderr, 'write').mockImplementation(write(said))
  let code = 0
  try {
    await createProgram((failed) => {
      code = failed
    })
      .exitOverride()
      .parseAsync(args, { from: 'user' })
  } finally {
    out.mockRestore()
    error.mockRestore()
  }
  const lines = (texts: string[]) => texts.join('').split('\n').filter(Boolean)
  return { lines: lines(printed), said: lines(said), code, json: () => lines(printed).map((line) => JSON.parse(line)) }
}
