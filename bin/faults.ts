import { ROOT } from '../local/sources.ts'
import { fail, script, wholeNumber } from './script.ts'

const options = script('faults', 'Runs everything under faults, and compares the ledger with what must be in it.')
  .option('--seed <number>', 'another one makes other traffic and other faults', wholeNumber(0), 1)
  .option('--rate <number>', 'callbacks a second', wholeNumber(1), 150)
  .option('--callbacks <number>', 'how many at least; fewer than 500 may not meet every fault', wholeNumber(1), 2000)
  .option('--minutes <number>', 'how long at least', wholeNumber(0), 0)
  .parse()
  .opts<{ seed: number; rate: number; callbacks: number; minutes: number }>()

/** Events that an endpoint of each kind is sent. */
const WEBHOOKS = 40

// After the arguments, which are refused at once.
const [{ ENOUGH, runLaboratory }, { tryEndpoints }, { fillDisk }] = await Promise.all([
  import('../laboratory/laboratory.ts'),
  import('../laboratory/endpoints.ts'),
  import('../laboratory/disk-full.ts'),
])

const { faults, missing, counts, seconds, violations, evidence } = await runLaboratory({
  seed: options.seed,
  rate: options.rate,
  callbacks: options.callbacks,
  seconds: options.minutes * 60,
  print: console.log,
}).catch(fail)
for (const [fault, times] of Object.entries(faults)) console.log(`${String(times).padStart(8)} times  ${fault}`)

const told = [...new Map(evidence.told.map(({ event }) => [event.id, event])).values()].slice(0, WEBHOOKS)
const endpoints = await tryEndpoints(told).catch(fail)
for (const line of endpoints.lines) console.log(`             ${line}`)
violations.push(...endpoints.violations)

const disk = await fillDisk(ROOT).catch((error: Error) => error.message)
if (typeof disk === 'string') console.log(`    none        disk full: no disk to fill on this machine (${disk})`)
else {
  console.log(
    `${String(disk.refused).padStart(8)} times  disk full (${disk.taken} callbacks taken before, ${disk.missing} missing after)`,
  )
  if (disk.missing > 0) violations.push(`disk full: ${disk.missing} missing`)
}

const isRight = violations.length === 0
if (isRight && missing.length > 0) {
  const enough = options.callbacks < ENOUGH ? `; use --callbacks ${ENOUGH}` : `: ${missing.join(', ')}`
  console.log(`\nToo short to meet ${missing.length} faults; the ledger is right${enough}`)
}
console.log(`
callbacks: ${counts.sent} sent, of them ${counts.retried} again; ${counts.accepted} accepted, ${counts.refused} refused
at the end: ${counts.rows} rows in the ledger, ${counts.quarantined} callbacks in quarantine; ${Math.round(seconds)} s
${isRight ? 'The ledger is what it must be.' : violations.join('\n')}`)
process.exit(isRight ? 0 : 1)
