import { readFileSync, writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { Option } from 'commander'
import { script } from '../bin/script.ts'
import { catalogueStarts, coldStarts } from './cold-start.ts'
import { goalsOf } from './goals.ts'
import { growthOfCallback, growthOfLedger, growthOfMessage, growthOfPicture } from './growth.ts'
import { growthOfDeliveries } from './lookups.ts'
import { type Finding, markdownOf } from './measurement.ts'
import { latency, wholePipeline } from './pipeline.ts'
import { latencyOfTelling, warmTelling } from './telling.ts'
import { hostileInput, normalization, warmReceiver, warmWorker } from './warm.ts'

const values = script(
  'bench',
  'Measures time beside peers: about ten minutes, which say nothing while others use the machine.',
)
  .option('--quick', 'fewer rounds, about a minute')
  .option('--json', 'for programs')
  .addOption(new Option('--update', 'also writes the tables into bench/README.md').conflicts(['quick', 'json']))
  .parse()
  .opts<{ quick?: true; json?: true; update?: true }>()

const share = values.quick ? 0.3 : 1
const rounds = (count: number) => Math.max(3, Math.round(count * share))

const benches: (() => Promise<Finding>)[] = [
  () => coldStarts('receiver', rounds(20)),
  () => coldStarts('worker', rounds(20)),
  () => catalogueStarts(rounds(20)),
  () => warmReceiver(rounds(30)),
  () => normalization(rounds(30)),
  () => warmWorker(rounds(15)),
  () => warmTelling(rounds(15)),
  () => latencyOfTelling(100, rounds(7)),
  () => wholePipeline(values.quick ? 500 : 2_000, rounds(7)),
  () => latency(2, values.quick ? 10 : 20, rounds(5)),
  () => latency(100, values.quick ? 200 : 500, rounds(5)),
  () => growthOfLedger(values.quick ? [1_000, 10_000] : [1_000, 10_000, 100_000, 1_000_000], rounds(20)),
  () => growthOfDeliveries(values.quick ? [1_000, 10_000] : [1_000, 100_000], rounds(20)),
  () => growthOfMessage(values.quick ? [1, 100, 1_000] : [1, 100, 10_000], rounds(20)),
  () => growthOfPicture([1, 100, 1_000], rounds(20)),
  () => growthOfCallback(values.quick ? [1, 100, 1_000] : [1, 100, 10_000], rounds(7)),
  () => hostileInput(rounds(5)),
]

const machine = `${cpus().length} × ${cpus()[0]?.model}, ${process.platform} ${process.arch}, Node ${process.version}`
const heading = `Medians ± the spread of half of the runs, all in turn in one go, on ${machine}.`
if (!values.json) console.log(heading)
const findings: Finding[] = []
for (const [index, bench] of benches.entries()) {
  console.error(`${index + 1} of ${benches.length} …`)
  const finding = await bench()
  findings.push(finding)
  if (!values.json) console.log(`\n${markdownOf(finding)}`)
}
const goals = goalsOf(findings)
console.log(values.json ? JSON.stringify({ machine, findings }, null, 2) : `\n${goals}`)

if (values.update) {
  const readme = new URL('README.md', import.meta.url)
  const [prose] = readFileSync(readme, 'utf8').split('## One run\n')
  const date = new Date().toISOString().slice(0, 10)
  const tables = [`${heading} Measured on ${date}.`, goals, ...findings.map(markdownOf)].join('\n\n')
  writeFileSync(
    readme,
    `${prose}## One run\n\n<!-- \`npm run bench -- --update\` writes what follows. -->\n\n${tables}\n`,
  )
}
