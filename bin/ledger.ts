import { createProgram } from '../operator/program.ts'

// Who reads may have enough before the end.
process.stdout.on('error', ({ code }: NodeJS.ErrnoException) => process.exit(code === 'EPIPE' ? 0 : 1))

await createProgram((code) => {
  process.exitCode = code
}).parseAsync()
