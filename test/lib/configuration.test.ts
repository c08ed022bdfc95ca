import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { providers } from '../../functions/providers/index.ts'
import { readConfiguration } from '../../lib/configuration.ts'

test('a stage that names its providers alone gets the defaults', () => {
  expect(readConfiguration('prod', { prod: { providers: ['octopush'] } })).toEqual({
    providers: ['octopush'],
    logRetentionDays: 30,
    auditTrail: true,
    batch: { size: 10, window: 0 },
    workerConcurrency: 4,
    throttle: { rate: 1000, burst: 1250 },
    statusMetrics: false,
    removeTables: false,
    timeZones: {},
    silenceMinutes: {},
    customerManagedKey: false,
    plainAlarmsOnly: false,
  })
})

test('the stages of cdk.json are right', () => {
  const { stages } = JSON.parse(readFileSync('cdk.json', 'utf8')).context
  for (const stage of Object.keys(stages)) expect(() => readConfiguration(stage, stages, 'octopush')).not.toThrow()
})

test.each([
  [
    { providers: ['octopush', 'nobody'] },
    `stages.prod.providers.1: expected one of ${providers.map(({ id }) => id).join(', ')}`,
  ],
  [{ providers: [] }, 'stages.prod.providers: expected a list of providers, or -c providers=<id>,<id>: avaamo, '],
  [{ publicUrl: 'https://example.com/' }, 'stages.prod.publicUrl: expected an https URL without a slash at its end'],
  [{ alarmEmail: 'me' }, 'stages.prod.alarmEmail: expected an e-mail address'],
  [{ logRetentionDays: 31 }, 'stages.prod.logRetentionDays: expected one of 1, 3, 5, 7, 14'],
  [{ workerConcurrency: 1 }, 'stages.prod.workerConcurrency: expected at least 2'],
  [{ workerConcurrency: 2.5 }, 'stages.prod.workerConcurrency: expected a whole number'],
  [{ batch: { size: 100 } }, 'stages.prod.batch.window: expected at least 1 with a size of more than 10'],
  [{ batch: { size: 0 } }, 'stages.prod.batch.size: expected at least 1'],
  [{ timeZones: { octopush: 'Paris' } }, 'stages.prod.timeZones.octopush: expected an IANA time zone'],
  [{ customDomain: { domainName: 'a.example.com' } }, 'stages.prod.customDomain.certificateArn'],
  [{ removeTable: true }, 'stages.prod: unknown removeTable'],
])('a mistake is named by its path: %j', (configuration, message) => {
  expect(() => readConfiguration('prod', { prod: { providers: ['octopush'], ...configuration } })).toThrow(message)
})

test('providers have no default, and can be given with the command', () => {
  const known = providers.map(({ id }) => id).join(', ')
  expect(() => readConfiguration('prod', { prod: {} })).toThrow(
    `stages.prod.providers: expected a list of providers, or -c providers=<id>,<id>: ${known}`,
  )
  const { providers: given } = readConfiguration('prod', { prod: { providers: ['avaamo'] } }, 'octopush,telesign')
  expect(given).toEqual(['octopush', 'telesign'])
  expect(() => readConfiguration('prod', { prod: {} }, 'nobody')).toThrow('stages.prod.providers.0: expected one of')
})

test('a stage that is not there is named', () => {
  expect(() => readConfiguration('staging', { prod: {} })).toThrow('stages.staging: expected in cdk.json')
})
