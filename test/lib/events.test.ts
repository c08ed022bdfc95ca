import { Match } from 'aws-cdk-lib/assertions'
import { describe, expect, test } from 'vitest'
import { DELIVERY_STREAM_SOURCE } from '../../functions/publisher/stream-source.ts'
import { actionsOf, rightsOf, type Statement, templateOf } from './template.ts'

const template = templateOf({ events: {} })

/** What a role may do to a resource, by the beginning of its logical id. */
const rightsTo = (functionId: string, resource: string) =>
  actionsOf(rightsOf(template, functionId).filter(({ Resource }) => JSON.stringify(Resource).includes(resource)))

describe('the topic of events', () => {
  test('is there only where the stage asks for it', () => {
    const without = templateOf()
    expect(Object.keys(without.findResources('AWS::SNS::Topic'))).toEqual([expect.stringContaining('Alarms')])
    expect(Object.keys(without.findResources('AWS::Lambda::Function')).join()).not.toContain('Publisher')
    expect(Object.keys(without.findOutputs('EventTopic'))).toEqual([])
  })

  test('lets queues of the account subscribe, and nothing else, whatever rights a caller has', () => {
    const [policy] = Object.entries(template.findResources('AWS::SNS::TopicPolicy'))
      .filter(([id]) => id.startsWith('EventsTopic'))
      .map(([, { Properties }]) => Properties.PolicyDocument.Statement as (Statement & { Sid?: string })[])
    const queues = { 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':sqs:*:', { Ref: 'AWS::AccountId' }, ':*']] }
    expect(policy?.filter(({ Action }) => Action === 'sns:Subscribe')).toMatchObject([
      { Effect: 'Allow', Condition: { StringEquals: { 'sns:Protocol': 'sqs' } } },
      { Effect: 'Deny', Principal: { AWS: '*' }, Condition: { StringNotEquals: { 'sns:Protocol': 'sqs' } } },
      { Effect: 'Deny', Principal: { AWS: '*' }, Condition: { StringNotLike: { 'sns:Endpoint': queues } } },
    ])
    expect(policy?.filter(({ Effect }) => Effect === 'Allow').flatMap(({ Action }) => Action)).toEqual([
      'sns:Subscribe',
    ])
    expect(policy?.find(({ Action }) => Action === 'sns:Publish')).toMatchObject({
      Effect: 'Deny',
      Condition: { Bool: { 'aws:SecureTransport': 'false' } },
    })
  })

  test('is encrypted by the account’s key of SNS, or by the stack’s own', () => {
    const keyOf = (configuration: object) =>
      Object.entries(templateOf({ events: {}, ...configuration }).findResources('AWS::SNS::Topic'))
        .filter(([id]) => id.startsWith('Events'))
        .map(([, { Properties }]) => JSON.stringify(Properties.KmsMasterKeyId))
    expect(keyOf({})).toEqual([expect.stringContaining('alias/aws/sns')])
    expect(keyOf({ customerManagedKey: true })).toEqual([expect.stringMatching(/"Key[0-9A-F]+","Arn"/)])
  })
})

describe('the publisher', () => {
  test('is fed by all changes of the deliveries, as they were and as they are, from the oldest', () => {
    template.hasResourceProperties('AWS::DynamoDB::Table', {
      StreamSpecification: { StreamViewType: 'NEW_AND_OLD_IMAGES' },
    })
    template.hasResourceProperties('AWS::Lambda::EventSourceMapping', {
      EventSourceArn: { 'Fn::GetAtt': [Match.stringLikeRegexp('^DeliveriesTable'), 'StreamArn'] },
      FunctionName: { Ref: Match.stringLikeRegexp('^EventsPublisher') },
      StartingPosition: 'TRIM_HORIZON',
      BatchSize: DELIVERY_STREAM_SOURCE.batchSize,
      MaximumRetryAttempts: -1,
      FilterCriteria: { Filters: [{ Pattern: '{"eventName":["INSERT"]}' }, { Pattern: '{"eventName":["MODIFY"]}' }] },
    })
  })

  test('can publish, park, and read the stream and the hash key, and nothing else', () => {
    expect(rightsTo('EventsPublisher', 'EventsTopic')).toEqual(['sns:Publish'])
    expect(rightsTo('EventsPublisher', 'DeliveriesParked')).toEqual(['sqs:SendMessage'])
    expect(rightsTo('EventsPublisher', 'DeliveriesHashKey')).toEqual(['secretsmanager:GetSecretValue'])
    expect(rightsTo('EventsPublisher', 'DeliveriesTable')).toEqual([
      'dynamodb:DescribeStream',
      'dynamodb:GetRecords',
      'dynamodb:GetShardIterator',
    ])
    expect(actionsOf(rightsOf(template, 'EventsPublisher'))).toHaveLength(9)
  })

  test('knows the stage, and how recipients are written', () => {
    for (const name of ['EventsPublisher', 'DeliveriesFollower']) {
      const [lambda] = Object.entries(template.findResources('AWS::Lambda::Function')).filter(([id]) =>
        id.startsWith(name),
      )
      expect(lambda?.[1].Properties.Environment.Variables).toMatchObject({
        STAGE: 'prod',
        OUTLETS: {
          'Fn::Join': [
            '',
            ['[{"recipients":"masked","topic":"', { Ref: expect.stringMatching(/^EventsTopic/) }, '"}]'],
          ],
        },
      })
    }
    expect(rightsTo('DeliveriesFollower', 'EventsTopic')).toEqual(['sns:Publish'])
  })
})

describe('an event bus of the user', () => {
  const bus = 'arn:aws:events:eu-west-1:000000000000:event-bus/company'

  test('is an outlet of follower and publisher, which may put events on it and on no other', () => {
    const withBus = templateOf({ events: { bus, recipients: 'hashed' } })
    for (const name of ['EventsPublisher', 'DeliveriesFollower']) {
      const [lambda] = Object.entries(withBus.findResources('AWS::Lambda::Function')).filter(([id]) =>
        id.startsWith(name),
      )
      const outlets = JSON.stringify(lambda?.[1].Properties.Environment.Variables.OUTLETS)
      expect(outlets).toContain(JSON.stringify(JSON.stringify({ recipients: 'hashed', bus })).slice(1, -1))
      expect(rightsOf(withBus, name).filter(({ Action }) => Action === 'events:PutEvents')).toEqual([
        { Action: 'events:PutEvents', Effect: 'Allow', Resource: bus },
      ])
    }
  })

  test.each(['company', 'arn:aws:sns:eu-west-1:000000000000:company', `${bus}/*`, `${bus}?`])(
    'is refused at synth where it is no ARN of one: %s',
    (text) => {
      expect(() => templateOf({ events: { bus: text } })).toThrow(/^stages\.prod\.events\.bus: expected the ARN of an/)
    },
  )
})
