import { cpus } from 'node:os'
import { script } from '../bin/script.ts'
import { catalogueStarts, coldStarts } from './cold-start.ts'
import { growthOfCallback, growthOfLedger, growthOfMessage, growthOfPicture } from './growth.ts'
import { growthOfDeliveries } from './lookups.ts'
import { type Finding, markdownOf } from './measurement.ts'
import { latency, wholePipeline } from './pipeline.ts'
import { hostileInput, normalization, warmReceiver, warmWorker } from './warm.ts'

const values = script(
  'bench',
  'Measures time beside peers: about ten minutes, which say nothing while others use the machine.',
)
  .option('--quick', 'fewer rounds, about a minute')
  .option('--json', 'for programs')
  .parse()
  .opts<{ quick?: true; json?: true }>()

const share = values.quick ? 0.3 : 1
const rounds = (count: number) => Math.max(3, Math.round(count * share))

const benches: (() => Promise<Finding>)[] = [
  () => coldStarts('receiver', rounds(20)),
  () => coldStarts('worker', rounds(20)),
  () => catalogueStarts(rounds(20)),
  () => warmReceiver(rounds(30)),
  () => normalization(rounds(30)),
  () => warmWorker(rounds(15)),
  () => wholePipeline(values.quick ? 500 : 2_000, rounds(7)),
  () => latency(2, values.quick ? 10 : 20, rounds(5)),
  () => latency(100, values.quick ? 200 : 500, rounds(5)),
  () => growthOfLedger(values.quick ? [1_000, 10_000] : [1_000, 10_000, 100_000, 1_000_000], rounds(20)),
  () => growthOfDeliveries(values.quick ? [1_000, 10_000] : [1_000, 1_000_000], rounds(20)),
  () => growthOfMessage(values.quick ? [1, 100, 1_000] : [1, 100, 10_000], rounds(20)),
  () => growthOfPicture([1, 100, 1_000], rounds(20)),
  () => growthOfCallback(values.quick ? [1, 100, 1_000] : [1, 100, 10_000], rounds(7)),
  () => hostileInput(rounds(5)),
]

const machine = `${cpus().length} × ${cpus()[0]?.model}, ${process.platform} ${process.arch}, Node ${process.version}`
if (!values.json) console.log(`Medians ± the spread of half of the runs, all in turn in one go, on ${machine}.`)
const findings: Finding[] = []
for (const [index, bench] of benches.entries()) {
  console.error(`${index + 1} of ${benches.length} …`)
  const finding = await bench()
  findings.push(finding)
  if (!values.json) console.log(`\n${markdownOf(finding)}`)
}
if (values.json) console.log(JSON.stringify({ machine, findings }, null, 2))
