import { readFileSync } from 'node:fs'
import { App } from 'aws-cdk-lib'
import { Template } from 'aws-cdk-lib/assertions'
import { recordKey } from '../functions/domain/key.ts'
import type { StatusRecord } from '../functions/domain/status.ts'
import { itemOf } from '../functions/platform/item.ts'
import { cloudWatchTelemetry, type Outcome } from '../functions/platform/telemetry.ts'
import { providers } from '../functions/providers/index.ts'
import { readConfiguration } from '../lib/configuration.ts'
import { LedgerStack } from '../lib/ledger-stack.ts'
import { readFixtures } from '../local/fixtures.ts'
import { deliveryBytes } from './delivery-costs.ts'
import { eventBytes } from './event-costs.ts'
import { itemBytes } from './item-bytes.ts'

/** accepted, four outcomes, unmapped, refused, arrived, failed, two delays, deliveries, overdue. */
const COUNTED_PER_PROVIDER = 13

/** returned, parked, cold starts; requests that API Gateway throttled or found no route for. */
const COUNTED_IN_COMMON = 5

/** The records of every fixture. */
const records: StatusRecord[] = providers
  .flatMap(({ id }) => readFixtures(id))
  .flatMap(({ expectation }) => JSON.parse(readFileSync(expectation, 'utf8')).records ?? [])

/** The bytes of each fixture's records as DynamoDB counts them. */
export const recordBytes: number[] = records.map((record) =>
  itemBytes(itemOf({ ...recordKey(record, null), ...record })),
)

/** The bytes of the row of a delivery of each of these records. */
export const rowBytes: number[] = records.map(deliveryBytes)

/** The bytes of the event of each. */
export const eventSizes: number[] = records.map(eventBytes)

/** What a worker writes into its log for a full batch of one provider, in bytes for each callback. */
export function workerLogBytes(batch: number): number {
  const outcome = (record: StatusRecord): Outcome => ({
    callback: { provider: record.provider, receivedAt: record.receivedAt } as Outcome['callback'],
    result: 'recorded',
    records: [record],
    stored: [record],
    unmapped: [],
    ignored: [],
  })
  const [first] = records.filter(({ provider, status }) => provider === 'octopush' && status === 'delivered')
  const outcomes = Array.from({ length: batch }, () => outcome(first as StatusRecord))
  return (
    capture(() =>
      cloudWatchTelemetry().worked({
        outcomes,
        unfinished: [],
        returned: [],
      }),
    ) / batch
  )
}

function capture(write: () => void): number {
  const original = process.stdout.write
  let bytes = 0
  process.stdout.write = (text: string | Uint8Array) => {
    bytes += Buffer.byteLength(text)
    return true
  }
  try {
    write()
  } finally {
    process.stdout.write = original
  }
  return bytes
}

const { context } = JSON.parse(readFileSync('cdk.json', 'utf8'))

function templateOf(providers: readonly string[]): Template {
  const app = new App({ context: { ...context, 'aws:cdk:bundling-stacks': [] } })
  const configuration = readConfiguration('prod', { prod: { providers } })
  return Template.fromStack(new LedgerStack(app, 'delivery-ledger-prod', { configuration }))
}

/** What costs by the month in a stack of some providers with the default configuration. */
function resourcesOf(template: Template, providers: readonly string[]) {
  const count = (type: string) => Object.keys(template.findResources(type)).length
  return {
    secrets: count('AWS::SecretsManager::Secret'),
    alarmMetrics: Object.values(template.findResources('AWS::CloudWatch::Alarm'))
      .map(({ Properties }) => Properties.Metrics?.filter((metric: object) => 'MetricStat' in metric).length ?? 1)
      .reduce((sum, metrics) => sum + metrics, 0),
    dashboards: count('AWS::CloudWatch::Dashboard'),
    keys: count('AWS::KMS::Key'),
    /** In a month in which everything is counted that can be. */
    customMetrics: COUNTED_PER_PROVIDER * providers.length + COUNTED_IN_COMMON,
  }
}

/** The providers of the stack that is priced. */
const PRICED = ['avaamo', 'nifteem', 'octopush', 'telesign']
const template = templateOf(PRICED)

/** The priced stack. */
export const resources = resourcesOf(template, PRICED)

/** The providers with which the README deploys for the first time. */
export const FIRST_TRY = ['octopush', 'telesign']

/** The stack that the README deploys for the first time. */
export const firstResources = resourcesOf(templateOf(FIRST_TRY), FIRST_TRY)

/** More with `statusMetrics`, where every provider reports every status of its table on two channels. */
export const statusMetrics: number = (
  await Promise.all(
    providers.map(async ({ loadNormalizer }) => 2 * new Set(Object.values((await loadNormalizer()).statuses)).size),
  )
).reduce((sum, metrics) => sum + metrics, 0)

/** One line of the access log, filled in as for a callback that is taken; in bytes. */
export const accessLogBytes: number = (() => {
  const [stage] = Object.values(template.findResources('AWS::ApiGatewayV2::Stage'))
  const sample = {
    requestId: 'JKJaXmPLvHcESHA=',
    routeKey: 'ANY /webhooks/octopush',
    status: '200',
    responseLatency: '12',
    integrationErrorMessage: '-',
  }
  const format: string = stage?.Properties.AccessLogSettings.Format
  return Object.entries(sample).reduce((line, [name, value]) => line.replace(`$context.${name}`, value), format).length
})()
