import { createProgram } from '../operator/program.ts'

await createProgram((code) => {
  process.exitCode = code
}).parseAsync()
