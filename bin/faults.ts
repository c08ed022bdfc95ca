import { parseArgs } from 'node:util'
import { runLaboratory } from '../laboratory/laboratory.ts'

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    rate: { type: 'string', default: '150' },
    callbacks: { type: 'string', default: '3000' },
    minutes: { type: 'string', default: '0' },
  },
})

const report = await runLaboratory({
  seed: Number(values.seed),
  rate: Number(values.rate),
  callbacks: Number(values.callbacks),
  seconds: Number(values.minutes) * 60,
  print: console.log,
})
for (const [fault, times] of Object.entries(report.faults)) console.log(`${String(times).padStart(8)}  ${fault}`)
console.log(report.counts, `${report.seconds} s`)
for (const violation of report.violations) console.error(violation)
process.exit(report.violations.length === 0 ? 0 : 1)
