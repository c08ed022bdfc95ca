import { Match } from 'aws-cdk-lib/assertions'
import { afterAll, describe, expect, test, vi } from 'vitest'
import type { Callback } from '../../functions/domain/callback.ts'
import { STATUSES, type StatusRecord } from '../../functions/domain/status.ts'
import { Problem } from '../../functions/platform/problem.ts'
import { cloudWatchTelemetry } from '../../functions/platform/telemetry.ts'
import { providers } from '../../functions/providers/index.ts'
import { templateOf } from './template.ts'

const template = templateOf({ alarmEmail: 'ops@example.com', silenceMinutes: { octopush: 60 } })
const alarms = Object.values(template.findResources('AWS::CloudWatch::Alarm')).map(({ Properties }) => Properties)

/** The text of a dashboard's body, with references left out. */
const bodyOf = (of = template): string => {
  const [dashboard] = Object.values(of.findResources('AWS::CloudWatch::Dashboard'))
  return dashboard?.Properties.DashboardBody['Fn::Join'][1]
    .map((part: unknown) => (typeof part === 'string' ? part : 'reference'))
    .join('')
}

describe('the alarms', () => {
  test('tell the topic when they turn and when they are over', () => {
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

  test('are mailed when they turn and when they are over, and not when they are created', () => {
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
      Object.keys(template.findResources('AWS::CloudWatch::Alarm')).some((name) => name.includes(`Operations${id}`))
    const common = [
      'DeadLetters',
      'OldestMessage',
      'ServerErrors',
      'WorkerErrors',
      'WorkerThrottles',
      'LedgerThrottles',
      'QuarantineThrottles',
    ]
    for (const id of common) expect(has(id), id).toBe(true)
    for (const { id } of providers) {
      const name = id.charAt(0).toUpperCase() + id.slice(1)
      for (const kind of ['ReceiverErrors', 'Refused', 'Quarantined', 'Unmapped', 'OutcomeDifference'])
        expect(has(name + kind), name + kind).toBe(true)
    }
  })

  test('hold the outcomes against what AWS counts of the receiver, not against what the worker says', () => {
    const differences = alarms.filter(({ Metrics }) => JSON.stringify(Metrics ?? '').includes('outcomes'))
    expect(differences).toHaveLength(providers.length)
    for (const { Metrics } of differences) {
      const names = (Metrics as { MetricStat?: { Metric: { MetricName: string } } }[]).flatMap(
        ({ MetricStat }) => MetricStat?.Metric.MetricName ?? [],
      )
      expect(names.sort()).toEqual(
        ['Errors', 'Invocations', 'refused', 'recorded', 'duplicate', 'ignored', 'quarantined'].sort(),
      )
    }
  })

  test('turn on silence only where the configuration asks for it, and take no data for it', () => {
    const breaching = alarms.filter(({ TreatMissingData }) => TreatMissingData === 'breaching')
    expect(breaching).toMatchObject([{ EvaluationPeriods: 12, Threshold: 1, ComparisonOperator: 'LessThanThreshold' }])
  })

  test('that compute are left out where they cannot be deployed', () => {
    const plain = templateOf({ plainAlarmsOnly: true })
    for (const { Properties } of Object.values(plain.findResources('AWS::CloudWatch::Alarm')))
      expect(Properties.Metrics).toBeUndefined()
    expect(alarms.filter(({ Metrics }) => Metrics)).toHaveLength(providers.length)
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

  test('answers six questions, top to bottom', () => {
    const { widgets } = JSON.parse(bodyOf())
    const questions = widgets
      .filter(({ type }: { type: string }) => type === 'text')
      .map(({ properties }: { properties: { markdown: string } }) => properties.markdown)
    expect(questions).toEqual([
      '## What became of a message?',
      '## Is anything lost or stuck?',
      '## Is each provider alive?',
      '## What do messages end as?',
      '## How fast are we?',
      '## What does it cost?',
    ])
  })

  test('has its URL among the outputs', () => {
    template.hasOutput('*', {
      Value: { 'Fn::Join': ['', Match.arrayWith([Match.stringLikeRegexp('#dashboards/dashboard/')])] },
    })
  })
})

describe('every metric of ours on the dashboard and in an alarm', () => {
  const lines: string[] = []
  const written = vi.spyOn(process.stdout, 'write').mockImplementation((line) => lines.push(String(line)) > 0)
  vi.stubEnv('POWERTOOLS_SERVICE_NAME', 'delivery-ledger-prod')
  const { started, refused, worked } = cloudWatchTelemetry()
  const callback = { provider: 'octopush', receivedAt: new Date().toISOString() } as Callback
  const stored = Object.keys(STATUSES).map(
    (status) => ({ status, channel: 'sms', occurredAt: callback.receivedAt }) as StatusRecord,
  )
  started('octopush', 250)
  refused('octopush', new Problem(401, ''))
  worked({
    outcomes: (['recorded', 'duplicate', 'ignored', 'quarantined'] as const).map((result) => ({
      callback,
      result,
      told: stored,
      stored,
      unmapped: ['X'],
    })),
    unfinished: [],
    returned: [],
  })
  written.mockRestore()
  afterAll(() => vi.unstubAllEnvs())

  const emitted = lines
    .filter((line) => line.includes('_aws'))
    .map((line) => JSON.parse(line))
    .flatMap((line) =>
      line._aws.CloudWatchMetrics.flatMap(({ Metrics }: { Metrics: { Name: string }[] }) =>
        Metrics.map(({ Name }) => Name),
      ),
    )

  test('is one that the functions can emit, under the same dimensions', () => {
    const [line] = lines.filter((line) => line.includes('_aws')).map((line) => JSON.parse(line))
    expect(line._aws.CloudWatchMetrics[0]).toMatchObject({
      Namespace: 'DeliveryLedger',
      Dimensions: [['service', 'provider']],
    })
    const used = [...bodyOf().matchAll(/"DeliveryLedger","([\w.]+)","provider","(\w+)","service","([\w-]+)"/g)]
    expect(used.length).toBeGreaterThan(40)
    for (const [, name, provider, service] of used) {
      expect(emitted).toContain(name)
      expect(providers.map(({ id }) => id)).toContain(provider)
      expect(service).toBe('delivery-ledger-prod')
    }
    const searched = [
      ...bodyOf().matchAll(/SEARCH\('\{DeliveryLedger,([\w,]+)\} provider=\\"(\w+)\\" service=\\"([\w-]+)\\"'/g),
    ]
    expect(searched.map(([, , provider]) => provider)).toEqual(providers.map(({ id }) => id))
    for (const [, dimensions, , service] of searched)
      expect([dimensions, service]).toEqual(['channel,provider,service', 'delivery-ledger-prod'])
    const alarmed = alarms.filter(({ Namespace }) => Namespace === 'DeliveryLedger')
    expect(alarmed.length).toBeGreaterThan(10)
    for (const { MetricName, Dimensions } of alarmed) {
      expect(emitted).toContain(MetricName)
      expect(Dimensions.map(({ Name }: { Name: string }) => Name)).toEqual(['provider', 'service'])
    }
  })
})
