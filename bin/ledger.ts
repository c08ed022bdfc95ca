import { createProgram } from '../operator/program.ts'

// A reader such as head may close the pipe early.
process.stdout.on('error', ({ code }: NodeJS.ErrnoException) => process.exit(code === 'EPIPE' ? 0 : 1))

await createProgram((code) => {
  process.exitCode = code
}).parseAsync()
