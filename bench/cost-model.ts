import { EVENT_SOURCE } from '../functions/worker/event-source.ts'
import { type Assumed, linesOf, type Measured, type Traffic } from './cost-inputs.ts'
import { ASSUMED_OF_DELIVERIES, deliveryCosts, sweepCosts } from './delivery-costs.ts'
import { ASSUMED_OF_EVENTS, eventCosts } from './event-costs.ts'
import { GATEWAYS } from './gateways.ts'
import {
  accessLogBytes,
  eventSizes,
  FIRST_TRY,
  firstResources,
  recordBytes,
  resources,
  rowBytes,
  statusMetrics,
  workerLogBytes,
} from './measures.ts'
import { PRICES } from './prices.ts'
import { type Expense, IDEMPOTENCY, USUAL_STACK } from './usual-stack.ts'

const KB = 1024
const GB = 1024 ** 3
const MILLION = 1e6

/** What CloudWatch Logs adds to each line, https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutLogEvents.html */
const LINE_BYTES = 26

/** Messages in one receive or delete of a queue at most. */
const RECEIVE_BATCH = 10

/** What is assumed, since it needs AWS to measure it. */
const ASSUMED: Assumed = {
  /** Mostly the wait for one SendMessage. */
  receiver: { ms: 10, gigabytes: 0.25 },
  worker: { batchMs: 30, callbackMs: 0.2, gigabytes: 0.5 },
  /** Five pollers that wait 20 s each. */
  idleReceives: 5 * 3 * 60 * 24 * 30,
}

/** Callbacks in a batch of a stage with `batch: {"size": 100, "window": 1}`. */
const BULK = 100

const median = (numbers: readonly number[]): number => [...numbers].sort((a, b) => a - b)[numbers.length >> 1] ?? 0

const typical = median(recordBytes)
const TRAFFIC: Traffic[] = [
  { name: 'steady', messageBytes: KB, itemBytes: typical, batch: EVENT_SOURCE.batchSize },
  { name: 'trickle', messageBytes: KB, itemBytes: typical, batch: 1 },
  { name: 'bulk', messageBytes: KB, itemBytes: typical, batch: BULK },
  { name: '1 KB records', messageBytes: KB, itemBytes: KB, batch: EVENT_SOURCE.batchSize },
  { name: '10 KB records', messageBytes: 10 * KB, itemBytes: 10 * KB, batch: EVENT_SOURCE.batchSize },
]

/** Dollars for one callback, part by part. */
function priceOf({ messageBytes, itemBytes, batch }: Traffic): Record<string, number> {
  const { receiver, worker } = ASSUMED
  const chunks = Math.ceil(messageBytes / (64 * KB))
  const seconds =
    (receiver.ms * receiver.gigabytes + (worker.batchMs / batch + worker.callbackMs) * worker.gigabytes) / 1000
  return {
    'HTTP API': PRICES.httpRequest,
    'Lambda requests': PRICES.invocation * (1 + 1 / batch),
    'Lambda time': PRICES.gigabyteSecond * seconds,
    SQS: PRICES.queueRequest * (chunks + 2 / Math.min(batch, RECEIVE_BATCH)),
    'DynamoDB writes': PRICES.write * Math.ceil(itemBytes / KB),
    logs: (PRICES.loggedGigabyte * (accessLogBytes + LINE_BYTES + workerLogBytes(batch) + LINE_BYTES / batch)) / GB,
  }
}

/** What the deliveries add to a callback in dollars, whatever the keys of the stage, and by each of them. */
function deliveriesOf({ itemBytes, batch }: Traffic): Record<string, number> {
  const { always, recipient, reference, campaign, failed, patience, expectations } = deliveryCosts({
    rowBytes: median(rowBytes),
    recordBytes: itemBytes,
    batch,
  })
  return {
    'deliveries without any of these keys': always,
    'lookups: recipient': recipient,
    'lookups: reference': reference,
    'lookups: campaign': campaign,
    'lookups: failed': failed,
    patience,
    expectations,
  }
}

/** What the key `events` adds to a callback in dollars, and each that is told of all of them. */
function eventsOf({ batch }: Traffic): Record<string, number> {
  const { topic, queue, webhook, bus } = eventCosts({ batch, bytes: median(eventSizes) })
  return {
    'events: the topic': topic,
    'each queue that subscribes to all of them': queue,
    'each endpoint of `webhooks` that is sent all of them': webhook,
    'events.bus': bus,
  }
}

/** Dollars a month that an idle stack costs, part by part. */
const idleOf = ({ secrets, alarmMetrics, dashboards, keys }: typeof resources): Record<string, number> => ({
  [`${secrets} secrets`]: PRICES.secretMonth * secrets,
  [`${alarmMetrics} alarm metrics`]: PRICES.alarmMetricMonth * alarmMetrics,
  dashboard: PRICES.dashboardMonth * dashboards,
  'key of the alarm topic': PRICES.keyMonth * keys,
  'polling of the empty queue': PRICES.queueRequest * ASSUMED.idleReceives,
  sweeps: sweepCosts(),
})

/** Dollars a month that a deployed stack costs, part by part. */
function monthlyOf(callbacks: number): Record<string, number> {
  const [steady] = TRAFFIC as [Traffic]
  const perCallback = sum(Object.values(priceOf(steady)))
  const { 'deliveries without any of these keys': always = 0, patience = 0 } = deliveriesOf(steady)
  const { 'polling of the empty queue': polling = 0, ...idle } = idleOf(resources)
  return {
    'secrets, alarms, dashboard, key, sweeps': sum(Object.values(idle)),
    'polling of the empty queue': callbacks > MILLION ? 0 : polling,
    metrics: callbacks > 0 ? PRICES.customMetricMonth * resources.customMetrics : 0,
    callbacks: callbacks * perCallback,
    'their deliveries, and what is overdue': callbacks * (always + patience),
    'each month kept': (PRICES.storedGigabyteMonth * callbacks * storedBytes) / GB,
  }
}

/** Bytes that a callback leaves: its record, and its share of a delivery with an entry of what is open; 100 more of each are billed. */
const storedBytes = typical + 100 + (median(rowBytes) + 100) / ASSUMED_OF_DELIVERIES.callbacks

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0)
const dollars = (amount: number): string => amount.toFixed(2)

function table(rows: Record<string, Record<string, number>>): string {
  const columns = Object.keys(rows)
  const parts = [...new Set(Object.values(rows).flatMap((row) => Object.keys(row)))]
  const line = (name: string, cells: string[]) => `| ${name} | ${cells.join(' | ')} |`
  return [
    line('$', columns),
    line(
      '---',
      columns.map(() => '---:'),
    ),
    ...parts.map((part) =>
      line(
        part,
        columns.map((column) => dollars(rows[column]?.[part] ?? 0)),
      ),
    ),
    line(
      '**sum**',
      columns.map((column) => `**${dollars(sum(Object.values(rows[column] ?? {})))}**`),
    ),
  ].join('\n')
}

const byTraffic = (traffic: readonly Traffic[], of: (traffic: Traffic) => Record<string, number>) =>
  Object.fromEntries(
    traffic.map((one) => [
      one.name,
      Object.fromEntries(Object.entries(of(one)).map(([part, price]) => [part, price * MILLION])),
    ]),
  )
const perMillion = byTraffic(TRAFFIC, priceOf)
const deliveries = byTraffic(TRAFFIC.slice(0, 3), deliveriesOf)
const events = byTraffic(TRAFFIC.slice(0, 3), eventsOf)
const months = Object.fromEntries([0, 1, 100].map((millions) => [`${millions} million`, monthlyOf(millions * MILLION)]))
const firstTry = {
  idle: idleOf(firstResources),
  'in use': { 'custom metrics': PRICES.customMetricMonth * firstResources.customMetrics },
}

const dollarsOf = (expenses: Record<string, Expense>): Record<string, number> =>
  Object.fromEntries(Object.entries(expenses).map(([part, { dollars }]) => [part, dollars * MILLION]))
const usual = dollarsOf(USUAL_STACK)
const idempotent = Object.entries(dollarsOf(IDEMPOTENCY)).map(([part, price]) => [part, price + (usual[part] ?? 0)])
const beside = {
  'delivery-ledger': perMillion.steady ?? {},
  'the usual stack': usual,
  'and idempotency': { ...usual, ...Object.fromEntries(idempotent) },
}
const reasons = Object.entries({ ...USUAL_STACK, idempotency: IDEMPOTENCY['DynamoDB writes'] })
  .map(([part, expense]) => `- ${part}: ${expense?.because}`)
  .join('\n')
const gateways = [
  '| $ | a million events | and a month | what its page says |',
  '| --- | ---: | ---: | --- |',
  ...GATEWAYS.map(
    ({ name, million, plan, page, says }) =>
      `| [${name}](${page}) | ${million === null ? '—' : dollars(million)} | ${dollars(plan)} | ${says} |`,
  ),
].join('\n')

const measured: Measured = {
  recordBytes: typical,
  rowBytes: median(rowBytes),
  eventBytes: median(eventSizes),
  accessLogBytes,
  workerLogBytes: workerLogBytes(EVENT_SOURCE.batchSize),
  statusMetrics,
  ...resources,
}
const inputs = {
  prices: PRICES,
  measured,
  assumed: { ...ASSUMED, deliveries: ASSUMED_OF_DELIVERIES, events: ASSUMED_OF_EVENTS },
  traffic: TRAFFIC,
}

/** Prints what a million callbacks and a month cost, as tables or as one JSON value. */
export function printCosts(asJson: boolean): void {
  if (asJson)
    console.log(
      JSON.stringify({ perMillion, deliveries, events, beside, gateways: GATEWAYS, months, firstTry, inputs }, null, 2),
    )
  else {
    console.log(`A million callbacks, list prices of us-east-1 without free tiers:\n\n${table(perMillion)}\n`)
    console.log(
      `What the deliveries add to a million callbacks, by the keys of the stage, at ${ASSUMED_OF_DELIVERIES.callbacks} callbacks a delivery:\n\n${table(deliveries)}\n`,
    )
    console.log(
      `What events add to a million callbacks, at ${ASSUMED_OF_EVENTS.events} events a callback; a filter pays for what it passes:\n\n${table(events)}\n`,
    )
    console.log(`Beside the usual stack in steady traffic, where:\n\n${reasons}\n\n${table(beside)}\n`)
    console.log(`Beside hosted gateways, which deliver to a function and a table that come on top:\n\n${gateways}\n`)
    console.log(`A month of a stack of four providers:\n\n${table(months)}\n`)
    console.log(
      `A month of a stack of ${FIRST_TRY.join(' and ')}, idle, and what comes on top at the first callbacks:\n\n${table(firstTry)}\n`,
    )
    console.log(linesOf(inputs))
  }
}
