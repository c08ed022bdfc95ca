import { parseArgs } from 'node:util'
import { fillDisk } from '../laboratory/disk-full.ts'
import { runLaboratory } from '../laboratory/laboratory.ts'
import { ROOT } from '../local/sources.ts'

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    rate: { type: 'string', default: '150' },
    callbacks: { type: 'string', default: '2000' },
    minutes: { type: 'string', default: '0' },
  },
})

const { faults, counts, seconds, violations } = await runLaboratory({
  seed: Number(values.seed),
  rate: Number(values.rate),
  callbacks: Number(values.callbacks),
  seconds: Number(values.minutes) * 60,
  print: console.log,
})
for (const [fault, times] of Object.entries(faults)) console.log(`${String(times).padStart(8)}  ${fault}`)

const disk = await fillDisk(ROOT).catch((error: Error) => error.message)
if (typeof disk === 'string') console.log(`    none  disk full: no disk to fill on this machine (${disk})`)
else {
  console.log(
    `${String(disk.refused).padStart(8)}  disk full (${disk.taken} taken before, ${disk.missing} missing after)`,
  )
  if (disk.missing > 0) violations.push(`disk full: ${disk.missing} missing`)
}

console.log(`
${counts.sent} sent, ${counts.retried} of them again; ${counts.accepted} accepted, ${counts.refused} refused
${counts.rows} rows in the ledger, ${counts.quarantined} callbacks in quarantine, ${Math.round(seconds)} s
${violations.length === 0 ? 'The ledger is what it must be.' : violations.join('\n')}`)
process.exit(violations.length === 0 ? 0 : 1)
