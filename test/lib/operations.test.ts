import { Match } from 'aws-cdk-lib/assertions'
import { GraphWidget, MathExpression } from 'aws-cdk-lib/aws-cloudwatch'
import { afterAll, describe, expect, test, vi } from 'vitest'
import type { Callback } from '../../functions/domain/callback.ts'
import { STATUSES, type StatusRecord } from '../../functions/domain/status.ts'
import { Problem } from '../../functions/platform/problem.ts'
import { cloudWatchTelemetry } from '../../functions/platform/telemetry.ts'
import { providers } from '../../functions/providers/index.ts'
import { ledgerMetrics, OUTCOMES } from '../../lib/metrics.ts'
import { alarmsOf, templateOf } from './template.ts'

const template = templateOf({ alarmEmail: 'ops@example.com', silenceMinutes: { octopush: 60 } })
const alarms = Object.values(alarmsOf(template)).map(({ Properties }) => Properties)

/** The text of a dashboard's body, with references left out. */
const bodyOf = (of = template): string => {
  const [dashboard] = Object.values(of.findResources('AWS::CloudWatch::Dashboard'))
  return dashboard?.Properties.DashboardBody['Fn::Join'][1]
    .map((part: unknown) => (typeof part === 'string' ? part : 'reference'))
    .join('')
}

describe('the alarms', () => {
  test('notify the topic when they go into ALARM and when they are OK again', () => {
    expect(alarms.length).toBeGreaterThan(20)
    for (const { AlarmActions, OKActions } of alarms) {
      expect(AlarmActions).toEqual([{ Ref: expect.stringContaining('OperationsAlarms') }])
      expect(OKActions).toEqual(AlarmActions)
    }
    template.hasResourceProperties('AWS::SNS::Subscription', { Protocol: 'email', Endpoint: 'ops@example.com' })
  })

  test('may publish to the topic, and may use its key', () => {
    const cloudWatch = { Service: 'cloudwatch.amazonaws.com' }
    const account = { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } }
    const alarmArns = Match.objectLike({ 'Fn::Join': ['', Match.arrayWith([':alarm:*'])] })
    template.hasResourceProperties('AWS::SNS::TopicPolicy', {
      PolicyDocument: {
        Statement: Match.arrayWith([
          Match.objectLike({
            Effect: 'Allow',
            Principal: cloudWatch,
            Action: 'sns:Publish',
            Resource: { Ref: Match.stringLikeRegexp('^OperationsAlarms') },
            Condition: { StringEquals: account, ArnLike: { 'aws:SourceArn': alarmArns } },
          }),
        ]),
      },
      Topics: [{ Ref: Match.stringLikeRegexp('^OperationsAlarms') }],
    })
    template.hasResourceProperties('AWS::KMS::Key', {
      KeyPolicy: {
        Statement: Match.arrayWith([
          Match.objectLike({
            Effect: 'Allow',
            Principal: cloudWatch,
            Action: ['kms:Decrypt', 'kms:GenerateDataKey*'],
            Condition: { StringEquals: account },
          }),
        ]),
      },
    })
  })

  test('are mailed when they go into ALARM and when they are OK again, and not when they are created', () => {
    template.hasResourceProperties('AWS::SNS::Subscription', {
      FilterPolicyScope: 'MessageBody',
      FilterPolicy: { $or: [{ NewStateValue: ['ALARM'] }, { OldStateValue: ['ALARM'] }] },
    })
    template.hasResourceProperties('AWS::SNS::Topic', { KmsMasterKeyId: Match.anyValue() })
  })

  test('say what they mean and what to do first', () => {
    for (const { AlarmDescription } of alarms) {
      expect(AlarmDescription).toMatch(/^[A-Z].+[.;] (Look|List|Find|Raise).+\.$|^.+\. (Look|List|Find|Raise).+\.$/)
      expect(AlarmDescription.length).toBeLessThan(1024)
    }
  })

  test('watch what the contract and the issue of loss ask for', () => {
    const has = (id: string) =>
      Object.keys(alarmsOf(template)).some((name) => name.replace(/^Operations/, '').startsWith(id))
    const common = [
      'DeadLetters',
      'Returned',
      'OldestMessage',
      'ServerErrors',
      'ReceiverThrottles',
      'Throttled',
      'NotFound',
      'WorkerErrors',
      'WorkerThrottles',
      'LedgerThrottles',
      'QuarantineThrottles',
      'Parked',
      'FollowerErrors',
      'FollowerBehind',
      'SweeperStopped',
    ]
    for (const id of common) expect(has(id), id).toBe(true)
    for (const { id } of providers) {
      const name = id.charAt(0).toUpperCase() + id.slice(1)
      for (const kind of ['ReceiverErrors', 'Refused', 'Quarantined', 'Unmapped', 'OutcomeDifference', 'OverdueShare'])
        expect(has(name + kind), name + kind).toBe(true)
    }
  })

  test('compare the outcomes with what AWS counts of the receiver, without refusals and handshakes', () => {
    const differences = alarms.filter(({ Metrics }) => JSON.stringify(Metrics ?? '').includes('outcomes'))
    expect(differences).toHaveLength(providers.length)
    for (const [index, { Metrics }] of differences.entries()) {
      const metrics = Metrics as { Expression?: string; MetricStat?: { Metric: { MetricName: string } } }[]
      const names = metrics.flatMap(({ MetricStat }) => MetricStat?.Metric.MetricName ?? [])
      const { id, handshake } = providers[index] as (typeof providers)[number]
      const taken = ['Errors', 'Invocations', 'refused', ...(handshake ? ['handshake'] : [])]
      expect(names.sort(), id).toEqual([...taken, 'recorded', 'duplicate', 'ignored', 'quarantined'].sort())
      expect(metrics.map(({ Expression }) => Expression)).toContain(
        ['Invocations', 'Errors', 'Refused', ...(handshake ? ['Handshakes'] : [])]
          .map((name) => `FILL(${id}${name}, 0)`)
          .join(' - '),
      )
    }
  })

  test('go into ALARM on silence only where the configuration asks for it, and missing data is silence', () => {
    const breaching = alarms.filter(
      ({ TreatMissingData, MetricName }) => TreatMissingData === 'breaching' && MetricName === 'accepted',
    )
    expect(breaching).toMatchObject([{ EvaluationPeriods: 12, Threshold: 1, ComparisonOperator: 'LessThanThreshold' }])
  })

  test('on metric math are left out where they cannot be deployed', () => {
    const plain = templateOf({ plainAlarmsOnly: true })
    for (const { Properties } of Object.values(alarmsOf(plain))) expect(Properties.Metrics).toBeUndefined()
    // Differences and shares of providers, throttles of ten receivers each, and sweeps.
    expect(alarms.filter(({ Metrics }) => Metrics)).toHaveLength(
      2 * providers.length + Math.ceil(providers.length / 10) + 1,
    )
    plain.resourceCountIs('AWS::Logs::MetricFilter', 0)
  })

  test('see throttled receivers, ten of them an alarm, which is what metric math may have', () => {
    const throttles = alarms.filter(({ Metrics }) => JSON.stringify(Metrics ?? '').includes('"Throttles"'))
    const watched = throttles.map(({ Metrics }) => Metrics.filter((one: object) => 'MetricStat' in one).length)
    expect(watched.reduce((sum, metrics) => sum + metrics, 0)).toBe(providers.length)
    expect(Math.max(...watched)).toBeLessThanOrEqual(10)
  })
})

describe('the dashboard', () => {
  test('has the console’s widgets, each with all functions', () => {
    const { widgets } = JSON.parse(bodyOf())
    const custom = widgets.filter(({ type }: { type: string }) => type === 'custom')
    expect(
      custom.map(({ properties }: { properties: { params: { show: string } } }) => properties.params.show),
    ).toEqual(expect.arrayContaining(['message', 'now', 'quarantine']))
    for (const { properties } of custom)
      expect(Object.keys(properties.params.functions)).toEqual(['view', 'reveal', 'replay', 'drop'])
  })

  test('reads what costs money when it is asked for, and not with each refresh', () => {
    const { widgets } = JSON.parse(bodyOf())
    const refreshed = widgets
      .filter(({ type }: { type: string }) => type === 'custom')
      .map(({ properties }: { properties: { params: { show: string }; updateOn: { refresh: boolean } } }) => [
        properties.params.show,
        properties.updateOn.refresh,
      ])
    expect(Object.fromEntries(refreshed)).toEqual({ message: true, now: false, lately: false, quarantine: true })
  })

  test('answers seven questions, top to bottom', () => {
    const { widgets } = JSON.parse(bodyOf())
    const questions = widgets
      .filter(({ type }: { type: string }) => type === 'text')
      .map(({ properties }: { properties: { markdown: string } }) => properties.markdown)
      .filter((markdown: string) => markdown.startsWith('## '))
    expect(questions).toEqual([
      '## What became of a message?',
      '## Is anything lost or stuck?',
      '## Is each provider alive?',
      '## Where do deliveries stand?',
      '## What do messages end as?',
      '## How fast are we?',
      '## What does it cost?',
    ])
  })

  test('says that statuses by channel are off, or shows them', () => {
    expect(bodyOf()).toContain('statusMetrics')
    expect(bodyOf()).not.toContain('by channel"')
    const detailed = bodyOf(templateOf({ statusMetrics: true }))
    expect(detailed).not.toContain('statusMetrics')
    for (const { id } of providers) expect(detailed).toContain(`Statuses of ${id}, by channel`)
  })

  test('has its URL among the outputs, in whatever partition', () => {
    template.hasOutput('DashboardUrl', {
      Value: { 'Fn::Join': ['', Match.arrayWith([Match.stringLikeRegexp('#dashboards/dashboard/')])] },
    })
    expect(Object.values(template.findMappings('*'))).toEqual([
      {
        aws: { host: 'console.aws.amazon.com' },
        'aws-cn': { host: 'console.amazonaws.cn' },
        'aws-us-gov': { host: 'console.amazonaws-us-gov.com' },
      },
    ])
  })

  // The limit of an expression, https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_MetricDataQuery.html
  test('sums over any number of providers in expressions of at most 2,048 characters', () => {
    const ids = Array.from({ length: 100 }, (_, n) => `provider${n}`)
    const expressions = ({ expression, usingMetrics }: MathExpression): string[] => [
      expression,
      ...Object.values(usingMetrics).flatMap((metric) => (metric instanceof MathExpression ? expressions(metric) : [])),
    ]
    const all = expressions(ledgerMetrics('s').total(ids, OUTCOMES, 'outcomes'))
    for (const expression of all) expect(expression.length).toBeLessThanOrEqual(2_048)
    const summed = all.flatMap((expression) => expression.match(/FILL\(outcomespart\d+of\d+, 0\)/g) ?? [])
    expect(summed).toHaveLength(ids.length * OUTCOMES.length)
    const graph = new GraphWidget({ left: [ledgerMetrics('s').total(ids, OUTCOMES, 'outcomes')] })
    expect(() => graph.toJson()).not.toThrow()
  })
})

describe('the graphs of the dashboard with all providers', () => {
  type Line = [{ expression?: string; label?: string }] | unknown[]
  const graphs = JSON.parse(bodyOf()).widgets.flatMap(
    ({ properties }: { properties: { title: string; metrics?: Line[] } }) =>
      properties.metrics ? [{ title: properties.title, lines: properties.metrics }] : [],
  ) as { title: string; lines: Line[] }[]

  // https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_MetricDataQuery.html and …/API_GetMetricData.html
  test('have at most 500 metrics, and expressions of at most 2,048 characters', () => {
    expect(graphs.length).toBeGreaterThan(10)
    for (const { title, lines } of graphs) {
      expect(lines.length, title).toBeLessThanOrEqual(500)
      for (const [first] of lines) {
        const { expression = '' } = (first ?? {}) as { expression?: string }
        expect(expression.length, title).toBeLessThanOrEqual(2_048)
      }
    }
  })

  test('show what the receivers took beside the outcomes', () => {
    const { lines } = graphs.find(({ title }) => title.startsWith('Taken by the receivers, and')) ?? { lines: [] }
    const labels = lines.flatMap(([first]) =>
      (first as { expression?: string; visible?: boolean }).expression
        ? [first as { label: string; visible?: boolean }]
        : [],
    )
    const visible = labels.filter(({ visible = true }) => visible).map(({ label }) => label)
    expect(visible).toEqual(['taken', 'outcomes', ...OUTCOMES])
  })
})

describe('every metric of ours on the dashboard and in an alarm', () => {
  /** What the functions emit in the worst of batches: each metric with its dimensions. */
  function emittedBy(options: Parameters<typeof cloudWatchTelemetry>[0]): { name: string; dimensions: string }[] {
    const lines: string[] = []
    const written = vi.spyOn(process.stdout, 'write').mockImplementation((line) => lines.push(String(line)) > 0)
    vi.stubEnv('POWERTOOLS_SERVICE_NAME', 'delivery-ledger-prod')
    const { started, refused, greeted, worked, followed } = cloudWatchTelemetry(options)
    const callback = { provider: 'octopush', receivedAt: new Date().toISOString() } as Callback
    const stored = Object.keys(STATUSES).map(
      (status) => ({ status, channel: 'sms', occurredAt: callback.receivedAt }) as StatusRecord,
    )
    const results = ['recorded', 'duplicate', 'ignored', 'quarantined'] as const
    const outcomes = [callback, { ...callback, replay: true as const }].flatMap((callback) =>
      results.map((result) => ({
        callback,
        result,
        reason: 'reply',
        records: stored,
        stored,
        unmapped: ['X'],
        ignored: result === 'ignored' ? ['reply'] : [],
      })),
    )
    started(250)
    refused('octopush', new Problem(401, ''))
    greeted('octopush')
    worked({ outcomes, unfinished: [], returned: ['ThrottlingError'] })
    followed([{ provider: 'octopush', isNew: true, isNewlyOverdue: true }], 1)
    written.mockRestore()
    return lines
      .filter((line) => line.includes('_aws'))
      .flatMap((line) => JSON.parse(line)._aws.CloudWatchMetrics)
      .flatMap(({ Namespace, Dimensions, Metrics }) =>
        Metrics.map(({ Name }: { Name: string }) => ({ name: Name, dimensions: `${Namespace} ${Dimensions}` })),
      )
  }
  afterAll(() => vi.unstubAllEnvs())

  const emitted = emittedBy({})
  const named = (dimensions: string, of = emitted) => [
    ...new Set(of.filter((one) => one.dimensions === `DeliveryLedger ${dimensions}`).map(({ name }) => name)),
  ]

  test('is one that the functions can emit, under the same dimensions', () => {
    const used = [...bodyOf().matchAll(/"DeliveryLedger","([\w.]+)","provider","(\w+)","service","([\w-]+)"/g)]
    expect(used.length).toBeGreaterThan(40)
    for (const [, name, provider, service] of used) {
      expect(named('service,provider')).toContain(name)
      expect(providers.map(({ id }) => id)).toContain(provider)
      expect(service).toBe('delivery-ledger-prod')
    }
    const common = [...bodyOf().matchAll(/"DeliveryLedger","([\w.]+)","service","delivery-ledger-prod"/g)]
    expect(new Set(common.map(([, name]) => name))).toEqual(new Set(named('service')))
    const alarmed = alarms.filter(({ Namespace }) => Namespace === 'DeliveryLedger')
    expect(alarmed.length).toBeGreaterThan(10)
    for (const { MetricName, Dimensions } of alarmed) {
      const dimensions = Dimensions.map(({ Name }: { Name: string }) => Name).sort()
      expect(named(dimensions.toReversed().join(','))).toContain(MetricName)
    }
  })

  test('is one of fourteen of a provider (handshakes are rare) and three of all, whatever happens', () => {
    expect(named('service,provider')).toHaveLength(14)
    expect(named('service')).toEqual(['coldStart', 'returned', 'parked'])
    expect(new Set(emitted.map(({ dimensions }) => dimensions)).size).toBe(2)
  })

  test('of a status has its channel, where the stage asks for such metrics', () => {
    const detailed = emittedBy({ statusMetrics: true })
    expect(named('service,provider,channel', detailed)).toEqual(Object.keys(STATUSES).map((name) => `status.${name}`))
    const searched = [
      ...bodyOf(templateOf({ statusMetrics: true })).matchAll(
        /SEARCH\('\{DeliveryLedger,([\w,]+)\} provider=\\"(\w+)\\" service=\\"([\w-]+)\\"'/g,
      ),
    ]
    expect(searched.map(([, , provider]) => provider)).toEqual(providers.map(({ id }) => id))
    for (const [, dimensions, , service] of searched)
      expect([dimensions, service]).toEqual(['channel,provider,service', 'delivery-ledger-prod'])
  })
})
