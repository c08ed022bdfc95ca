import type { PRICES } from './prices.ts'

/** What is counted in the sources and in the priced stack's template. */
export interface Measured {
  recordBytes: number
  rowBytes: number
  eventBytes: number
  accessLogBytes: number
  workerLogBytes: number
  statusMetrics: number
  secrets: number
  alarmMetrics: number
  dashboards: number
  keys: number
  customMetrics: number
}

/** Traffic that is priced. */
export interface Traffic {
  name: string
  /** Bytes of one callback's queue message. */
  messageBytes: number
  /** Bytes of its one record. */
  itemBytes: number
  /** Callbacks in one worker's batch. */
  batch: number
}

/** What is assumed, since it needs AWS to measure it. */
export interface Assumed {
  /** Milliseconds and gigabytes of a receiver. */
  receiver: { ms: number; gigabytes: number }
  /** Milliseconds a batch and a callback, and gigabytes of the worker. */
  worker: { batchMs: number; callbackMs: number; gigabytes: number }
  /** Receives a month of an empty queue. */
  idleReceives: number
}

/** The same of deliveries. */
export interface AssumedOfDeliveries {
  /** Callbacks, and so projections, of a delivery. */
  callbacks: number
  /** The share of deliveries that fail. */
  failing: number
  /** Milliseconds a batch, which is as long as the worker's, and a projection; gigabytes of the follower. */
  follower: { batchMs: number; projectionMs: number; gigabytes: number }
  /** Milliseconds of a sweep that finds nothing, and gigabytes of the sweeper. */
  sweeper: { ms: number; gigabytes: number }
  /** Milliseconds of a request that states an expectation, and gigabytes of the query function. */
  stating: { ms: number; gigabytes: number }
}

/** The same of events. */
export interface AssumedOfEvents {
  /** Events of a callback. */
  events: number
  /** Milliseconds a batch and an event, and gigabytes of the publisher. */
  publisher: { batchMs: number; eventMs: number; gigabytes: number }
  /** Milliseconds a batch of ten, and gigabytes of the sender. */
  sender: { batchMs: number; gigabytes: number }
}

/** What each price is of, and how many of it. */
const PRICE_NAMES: Record<keyof typeof PRICES, readonly [name: string, unit: string, times: number]> = {
  httpRequest: ['HTTP API request', 'a million', 1e6],
  invocation: ['Lambda request', 'a million', 1e6],
  gigabyteSecond: ['Lambda time', 'a million GB-seconds', 1e6],
  queueRequest: ['SQS request', 'a million', 1e6],
  topicRequest: ['SNS request', 'a million', 1e6],
  busEvent: ['EventBridge event', 'a million', 1e6],
  transferredGigabyte: ['data out to the internet', 'a GB', 1],
  write: ['DynamoDB write', 'a million', 1e6],
  read: ['DynamoDB read', 'a million', 1e6],
  storedGigabyteMonth: ['DynamoDB storage and backup', 'a GB and month', 1],
  loggedGigabyte: ['log', 'a GB', 1],
  customMetricMonth: ['custom metric', 'a month', 1],
  alarmMetricMonth: ['metric of an alarm', 'a month', 1],
  dashboardMonth: ['dashboard', 'a month', 1],
  secretMonth: ['secret', 'a month', 1],
  keyMonth: ['KMS key', 'a month', 1],
}

const MEASURED_NAMES: Record<keyof Measured, readonly [name: string, unit: string]> = {
  recordBytes: ['typical record', 'bytes'],
  rowBytes: ['typical delivery', 'bytes'],
  eventBytes: ['typical event', 'bytes'],
  accessLogBytes: ['line of the access log', 'bytes'],
  workerLogBytes: ['log of the worker for a callback', 'bytes'],
  secrets: ['secrets', ''],
  alarmMetrics: ['metrics of alarms', ''],
  dashboards: ['dashboards', ''],
  keys: ['KMS keys', ''],
  customMetrics: ['custom metrics, at most', ''],
  statusMetrics: ['more with statusMetrics, at most', ''],
}

/** The inputs of the model for people: a line each, its value rounded, with its unit. */
export function linesOf({
  prices,
  measured,
  assumed: { receiver, worker, idleReceives, deliveries, events },
  traffic,
}: {
  prices: Record<keyof typeof PRICES, number>
  measured: Measured
  assumed: Assumed & { deliveries: AssumedOfDeliveries; events: AssumedOfEvents }
  traffic: readonly Traffic[]
}): string {
  const number = (value: number) => value.toLocaleString('en', { maximumFractionDigits: 1 })
  const section = (title: string, lines: readonly (readonly [string, string])[]) => [
    title,
    ...lines.map(([name, value]) => `  ${name.padEnd(36)}${value}`.trimEnd()),
    '',
  ]
  return [
    ...section(
      'Prices',
      entriesOf(PRICE_NAMES).map(([key, [name, unit, times]]) => {
        const dollars = (prices[key] * times).toLocaleString('en', {
          minimumFractionDigits: 2,
          maximumFractionDigits: 3,
        })
        return [name, `$${dollars} ${unit}`]
      }),
    ),
    ...section(
      'Measured, in the sources and in the template of the stack of four providers',
      entriesOf(MEASURED_NAMES).map(([key, [name, unit]]) => [name, `${number(measured[key])} ${unit}`]),
    ),
    ...section('Assumed', [
      ['receiver', `${receiver.ms} ms at ${number(receiver.gigabytes * 1024)} MB`],
      [
        'worker',
        `${worker.batchMs} ms a batch and ${worker.callbackMs} ms a callback at ${number(worker.gigabytes * 1024)} MB`,
      ],
      ['receives of an empty queue', `${number(idleReceives)} a month`],
      ['callbacks of a delivery', number(deliveries.callbacks)],
      ['deliveries that fail', `${number(100 * deliveries.failing)} %`],
      [
        'follower',
        `${deliveries.follower.batchMs} ms a batch and ${deliveries.follower.projectionMs} ms a callback at ${number(deliveries.follower.gigabytes * 1024)} MB`,
      ],
      ['sweep that finds nothing', `${deliveries.sweeper.ms} ms at ${number(deliveries.sweeper.gigabytes * 1024)} MB`],
      [
        'request that states an expectation',
        `${deliveries.stating.ms} ms at ${number(deliveries.stating.gigabytes * 1024)} MB`,
      ],
      ['events of a callback', number(events.events)],
      [
        'publisher',
        `${events.publisher.batchMs} ms a batch and ${events.publisher.eventMs} ms an event at ${number(events.publisher.gigabytes * 1024)} MB`,
      ],
      ['sender', `${events.sender.batchMs} ms a batch of ten at ${number(events.sender.gigabytes * 1024)} MB`],
    ]),
    ...section(
      'Traffic',
      traffic.map(({ name, messageBytes, itemBytes, batch }) => [
        name,
        `messages of ${number(messageBytes)} bytes, records of ${number(itemBytes)} bytes, batches of ${batch}`,
      ]),
    ),
  ]
    .join('\n')
    .trimEnd()
}

const entriesOf = <Key extends string, Value>(record: Record<Key, Value>) => Object.entries(record) as [Key, Value][]
