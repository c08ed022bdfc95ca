import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { providers } from '../../functions/providers/index.ts'
import { readConfiguration, refuseOptions, schema } from '../../lib/configuration.ts'

test('a stage that names its providers alone gets the defaults', () => {
  expect(readConfiguration('prod', { prod: { providers: ['octopush'] } })).toEqual({
    providers: ['octopush'],
    logRetentionDays: 30,
    auditTrail: true,
    batch: { size: 10, window: 0 },
    workerConcurrency: 4,
    lookups: [],
    patience: { default: 72 },
    expectations: false,
    overdueShare: 0.05,
    followersPerShard: 1,
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
  [{ providers: [] }, 'stages.prod.providers: expected a list of providers, or -c providers=<id>,<id>: '],
  [{ publicUrl: 'https://example.com/' }, 'stages.prod.publicUrl: expected an https URL without a slash at its end'],
  [{ alarmEmail: 'me' }, 'stages.prod.alarmEmail: expected an e-mail address'],
  [{ logRetentionDays: 31 }, 'stages.prod.logRetentionDays: expected one of 1, 3, 5, 7, 14'],
  [{ workerConcurrency: 1 }, 'stages.prod.workerConcurrency: expected at least 2'],
  [{ workerConcurrency: 2.5 }, 'stages.prod.workerConcurrency: expected a whole number'],
  [
    { lookups: ['reference', 'number'] },
    'stages.prod.lookups.1: expected one of recipient, reference, campaign, failed',
  ],
  [
    { lookups: ['failed', 'failed'] },
    'stages.prod.lookups: expected a list of recipient, reference, campaign, failed, each once',
  ],
  [{ patience: { nobody: 1 } }, 'stages.prod.patience.nobody: expected default, <provider> or <provider>/<channel>'],
  [{ patience: { 'octopush/SMS': 1 } }, 'stages.prod.patience.octopush/SMS: expected default, <provider> or'],
  [{ patience: { octopush: 0 } }, 'stages.prod.patience.octopush: expected at least 1'],
  [{ patience: 72 }, 'stages.prod.patience: expected an object of hours, such as {"default": 72, "octopush": 24'],
  [{ overdueShare: 5 }, 'stages.prod.overdueShare: expected a number from 0 to 1'],
  [{ followersPerShard: 11 }, 'stages.prod.followersPerShard: expected at most 10'],
  [{ batch: { size: 100 } }, 'stages.prod.batch.window: expected at least 1 with a size of more than 10'],
  [{ batch: { size: 0 } }, 'stages.prod.batch.size: expected at least 1'],
  [{ timeZones: { octopush: 'Paris' } }, 'stages.prod.timeZones.octopush: expected an IANA time zone'],
  [{ customDomain: { domainName: 'a.example.com' } }, 'stages.prod.customDomain.certificateArn'],
  [{ removeTable: true }, 'stages.prod: unknown removeTable, did you mean removeTables?'],
  [{ lookup: ['failed'] }, 'stages.prod: unknown lookup, did you mean lookups?'],
  [{ workerconcurrency: 4 }, 'stages.prod: unknown workerconcurrency, did you mean workerConcurrency?'],
  [{ throttle: { rat: 5 } }, 'stages.prod.throttle: unknown rat, did you mean rate?'],
  [{ batch: { size: 10, max: 5 } }, 'stages.prod.batch: unknown max, expected one of size, window'],
  [{ patience: { twilio: 1 } }, "stages.prod.patience.twilio: expected one of the stage's providers: octopush"],
  [{ patience: { 'twilio/sms': 1 } }, 'stages.prod.patience.twilio/sms: expected one of'],
  [
    { providers: ['twilio/eu', 'twilio/sms'], patience: { 'twilio/eu': 1, 'twilio/sms': 1 } },
    /^stages.prod.patience.twilio\/eu: expected a channel, no account: .*$/,
  ],
  [{ timeZones: { twilio: 'Europe/Paris' } }, 'stages.prod.timeZones.twilio: expected one of'],
  [{ silenceMinutes: { twilio: 60 } }, 'stages.prod.silenceMinutes.twilio: expected one of'],
])('a mistake is named by its path: %j', (configuration, message) => {
  expect(() => readConfiguration('prod', { prod: { providers: ['octopush'], ...configuration } })).toThrow(message)
})

test.each([
  [{}, { default: 72 }],
  [{ octopush: 24 }, { default: 72, octopush: 24 }],
  [
    { default: null, 'octopush/sms': 1 },
    { default: null, 'octopush/sms': 1 },
  ],
])('the patience %j is %j', (given, patience) => {
  const stages = { prod: { providers: ['octopush'], patience: given } }
  expect(readConfiguration('prod', stages).patience).toEqual(patience)
})

describe('a value of a wrong type is named by its path, with what is expected, in one line', () => {
  const values = [2.5, '400', null, [], { x: 'a' }]
  /** Values that are right there. */
  const right = [
    'lookups: []',
    'patience.octopush: null',
    'webhooks: []',
    'webhooks.0.filter.channel.0: "400"',
    'webhooks.0.filter.campaign.0: "400"',
  ]
  test.each(
    pathsOf(schema)
      .flatMap((path) => values.map((value) => ({ path: path.join('.'), value, given: nest(path, value) })))
      .filter(({ path, value }) => !right.includes(`${path}: ${JSON.stringify(value)}`)),
  )('$path: $value', ({ path, given }) => {
    const mistakes = mistakesIn(given)
    expect(mistakes.some((mistake) => mistake.startsWith(['stages.prod', path].filter(Boolean).join('.')))).toBe(true)
    for (const mistake of mistakes)
      expect(mistake).toMatch(/^stages\.prod[\w.]*: (expected .+|unknown x, expected one of .+)$/)
  })
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

test('an option that only cdk.json can set is refused on the command line', () => {
  expect(() => refuseOptions('prod', { lookups: 'recipient' })).toThrow(
    '-c lookups: expected in cdk.json, as stages.prod.lookups',
  )
  expect(() => refuseOptions('prod', { stage: 'prod', stages: {}, providers: 'octopush' })).not.toThrow()
})

test('a stage that is not there is named', () => {
  expect(() => readConfiguration('staging', { prod: {} })).toThrow('stages.staging: expected in cdk.json')
})

/** The paths of a schema and of all that is in it; of a record, octopush's. */
function pathsOf(of: object): string[][] {
  const { def } = of as {
    def: { type: string; innerType?: object; shape?: Record<string, object>; element?: object; valueType?: object }
  }
  const within = (name: string, inner: object) => pathsOf(inner).map((path) => [name, ...path])
  if (def.innerType) return pathsOf(def.innerType)
  if (def.shape) return [[], ...Object.entries(def.shape).flatMap(([name, inner]) => within(name, inner))]
  if (def.type === 'array') return [[], ...within('0', def.element as object)]
  if (def.type === 'record') return [[], ...within('octopush', def.valueType as object)]
  return [[]]
}

/** A value at a path, in arrays where a name is a number. */
function nest([name, ...path]: string[], value: unknown): unknown {
  if (name === undefined) return value
  return name === '0' ? [nest(path, value)] : { [name]: nest(path, value) }
}

/** What is wrong with a stage, line by line; one without `providers` has octopush. */
function mistakesIn(stage: unknown): string[] {
  try {
    readConfiguration('prod', { prod: isObject(stage) ? { providers: ['octopush'], ...stage } : stage })
    return []
  } catch (error) {
    return (error as Error).message.split('\n')
  }
}

const isObject = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
