import type { Finding } from './measurement.ts'

/** What a cell of a finding shows, `undefined` where it was not measured. */
type Cells = (title: string, row: string, column: string) => { median: number; ratio: number } | undefined

/** What a benchmark must reach: at most the limit, or at least. */
interface Goal {
  name: string
  limit: number
  isLeast?: true
  measured: (cells: Cells) => number | undefined
}

const OURS = 'delivery-ledger'
const [RECEIVER, WORKER] = ['Cold start of the receiver', 'Cold start of the worker']

const ratio =
  (title: string, row: string, column: string): Goal['measured'] =>
  (cells) =>
    cells(title, row, column)?.ratio

const firstToWarm =
  (title: string): Goal['measured'] =>
  (cells) =>
    (cells(title, OURS, 'first invoke')?.median ?? Number.NaN) /
    (cells(title, OURS, 'warm invoke')?.median ?? Number.NaN)

const GOALS: readonly Goal[] = [
  { name: 'receiver: import, to bare node', limit: 2.2, measured: ratio(RECEIVER, OURS, 'import') },
  { name: 'receiver: first call, to bare node', limit: 3, measured: ratio(RECEIVER, OURS, 'first call') },
  { name: 'receiver: first invoke, to a warm one', limit: 2, measured: firstToWarm(RECEIVER) },
  { name: 'worker: import, to bare node', limit: 2.4, measured: ratio(WORKER, OURS, 'import') },
  { name: 'worker: first call, to bare node', limit: 3.3, measured: ratio(WORKER, OURS, 'first call') },
  { name: 'worker: first invoke, to a warm one', limit: 2, measured: firstToWarm(WORKER) },
  {
    name: 'worker: import with the whole catalogue, to a catalogue of four',
    limit: 1.15,
    measured: ratio('Cold start of the worker by its catalogue', 'the whole catalogue', 'import'),
  },
  {
    name: 'warm receiver, to a bare send',
    limit: 1.1,
    measured: ratio('Warm receiver', OURS, 'CPU µs a callback'),
  },
  {
    name: 'normalization of 1 KB, to JSON.parse',
    limit: 3,
    measured: ratio('Normalization', OURS, 'CPU µs of 1 KB'),
  },
  {
    name: 'warm worker, to the SDK alone with 25 INSERTs a call',
    limit: 1.3,
    measured: ratio('Worker', OURS, 'CPU µs a record'),
  },
  {
    name: 'pipeline: the bare SDK loop, to ours',
    limit: 1.3,
    isLeast: true,
    measured: ratio('The whole pipeline', 'the bare SDK loop', 'ms for 1,000'),
  },
  {
    name: 'pipeline: Powertools idempotency, to ours',
    limit: 2.5,
    isLeast: true,
    measured: ratio('The whole pipeline', 'Powertools idempotency', 'ms for 1,000'),
  },
  {
    name: 'a batch of 100 in a ledger of 1,000,000 records, to one of 1,000',
    limit: 1.2,
    measured: ratio('Growth of the ledger', '1,000,000', 'ms of a batch of 100'),
  },
  {
    name: "the console's picture of 1,000 records, in ms",
    limit: 300,
    measured: (cells) => cells('Growth of a picture', '1,000', 'ms')?.median,
  },
]

/** The goals as a table in Markdown: what was measured, and whether it is enough. */
export function goalsOf(findings: readonly Finding[]): string {
  const cells: Cells = (title, row, column) =>
    findings.find((finding) => finding.title === title)?.rows.find(({ name }) => name === row)?.cells[column]
  const lines = GOALS.map(({ name, limit, isLeast, measured }) => {
    const value = measured(cells) ?? Number.NaN
    const isMet = isLeast ? value >= limit : value <= limit
    const shown = Number.isNaN(value) ? '— | not measured' : `${value.toFixed(2)} | ${isMet ? 'met' : '**not met**'}`
    return `| ${name} | ${isLeast ? '≥' : '≤'} ${limit} | ${shown} |`
  })
  return ['### Goals', '', '| | goal | measured | |', '| --- | ---: | ---: | --- |', ...lines].join('\n')
}
