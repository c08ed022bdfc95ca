import { describe, expect, test } from 'vitest'
import { actionsOf, alarmsOf, rightsOf, type Statement, templateOf } from './template.ts'

const crm = {
  name: 'crm',
  url: 'https://crm.example.com/hooks',
  filter: { type: ['delivery-ledger.delivery.changed'], final: ['true'] },
}
const shop = { name: 'shop', url: 'https://shop.example.com/', recipients: 'hashed', concurrency: 10 }
/** The value of a variable. */
type Value = string | { Ref: string } | { 'Fn::Join': [string, Value[]] }

interface Variables {
  Variables: Record<string, Value>
}

const stage = { providers: ['octopush'], events: {}, webhooks: [crm, shop] }
const template = templateOf(stage)

/** The one resource of a type whose logical id begins so. */
function only(type: string, prefix: string, of = template): [id: string, properties: Record<string, unknown>] {
  const found = Object.entries(of.findResources(type)).filter(([id]) => id.startsWith(prefix))
  expect(found, `${type} ${prefix}`).toHaveLength(1)
  return [found[0]?.[0] ?? '', found[0]?.[1].Properties]
}

/** What a role may do to a resource, by the beginning of its logical id. */
const rightsTo = (functionId: string, resource: string) =>
  actionsOf(rightsOf(template, functionId).filter(({ Resource }) => JSON.stringify(Resource).includes(`"${resource}`)))

const CONSUME = [
  'sqs:ChangeMessageVisibility',
  'sqs:DeleteMessage',
  'sqs:GetQueueAttributes',
  'sqs:GetQueueUrl',
  'sqs:ReceiveMessage',
]

test('a stage without endpoints has nothing of them', () => {
  const without = templateOf({ providers: ['octopush'], events: {}, webhooks: [] })
  expect(JSON.stringify(without.toJSON())).not.toMatch(/Webhook/)
})

describe('an endpoint', () => {
  test('has a queue and a dead-letter queue of its own, both for 14 days', () => {
    for (const name of ['Webhookscrm', 'Webhooksshop'])
      for (const part of ['Queue', 'DeadLetters'])
        expect(only('AWS::SQS::Queue', name + part)[1]).toMatchObject({
          MessageRetentionPeriod: 14 * 24 * 60 * 60,
          SqsManagedSseEnabled: true,
        })
    expect(only('AWS::SQS::Queue', 'WebhookscrmQueue')[1]).toMatchObject({
      RedrivePolicy: {
        deadLetterTargetArn: { 'Fn::GetAtt': [only('AWS::SQS::Queue', 'WebhookscrmDeadLetters')[0], 'Arn'] },
        // The sender itself gives up, with a new retention; this is for what kills it.
        maxReceiveCount: 1000,
      },
    })
  })

  test('is subscribed to the topic of its form, raw, with its filter, and nothing is dropped by SNS', () => {
    expect(only('AWS::SNS::Subscription', 'Webhookscrm')[1]).toEqual({
      TopicArn: { Ref: expect.stringMatching(/^EventsTopic/) },
      Protocol: 'sqs',
      Endpoint: { 'Fn::GetAtt': [expect.stringMatching(/^WebhookscrmQueue/), 'Arn'] },
      RawMessageDelivery: true,
      FilterPolicy: crm.filter,
      RedrivePolicy: {
        deadLetterTargetArn: { 'Fn::GetAtt': [expect.stringMatching(/^WebhookscrmDeadLetters/), 'Arn'] },
      },
    })
    const [, all] = only('AWS::SNS::Subscription', 'Webhooksshop')
    expect(all).toMatchObject({ TopicArn: { Ref: expect.stringMatching(/^EventsHashedTopic/) } })
    expect(all).not.toHaveProperty('FilterPolicy')
  })

  test.each([
    ['crm', 'EventsTopic'],
    ['shop', 'EventsHashedTopic'],
  ])('the queues of %s take messages of the topic, and of nobody else', (name, topic) => {
    for (const part of ['Queue', 'DeadLetters']) {
      const [, { PolicyDocument }] = only('AWS::SQS::QueuePolicy', `Webhooks${name}${part}Policy`)
      const { Statement } = PolicyDocument as { Statement: Statement[] }
      expect(Statement.filter(({ Effect }) => Effect === 'Allow')).toEqual([
        {
          Effect: 'Allow',
          Action: 'sqs:SendMessage',
          Principal: { Service: 'sns.amazonaws.com' },
          Resource: { 'Fn::GetAtt': [expect.stringContaining(`Webhooks${name}${part}`), 'Arn'] },
          Condition: { ArnEquals: { 'aws:SourceArn': { Ref: expect.stringMatching(`^${topic}`) } } },
        },
      ])
    }
  })

  test('has a secret of its own, which AWS makes', () => {
    const [one, other] = ['crm', 'shop'].map((name) => only('AWS::SecretsManager::Secret', `Webhooks${name}Secret`))
    expect(one?.[0]).not.toBe(other?.[0])
    expect(one?.[1]).toMatchObject({ GenerateSecretString: { GenerateStringKey: 'current', PasswordLength: 40 } })
  })

  test('is sent ten messages at a time, by as many senders as it says', () => {
    const source = (name: string) => only('AWS::Lambda::EventSourceMapping', `Webhooks${name}`)[1]
    expect(source('crm')).toMatchObject({
      BatchSize: 10,
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      ScalingConfig: { MaximumConcurrency: 2 },
    })
    expect(source('shop')).toMatchObject({ ScalingConfig: { MaximumConcurrency: 10 } })
    const [, { VisibilityTimeout }] = only('AWS::SQS::Queue', 'WebhookscrmQueue')
    const [, { Timeout }] = only('AWS::Lambda::Function', 'WebhookscrmSender')
    expect(VisibilityTimeout).toBe(6 * Number(Timeout))
  })
})

describe('the sender', () => {
  test('knows its endpoint and what belongs to it', () => {
    const [, { Environment }] = only('AWS::Lambda::Function', 'WebhookscrmSender')
    const { Variables } = Environment as Variables
    expect(JSON.parse(String(Variables.ENDPOINT))).toEqual({ ...crm, recipients: 'masked' })
    expect(Variables).toMatchObject({
      WEBHOOK_SECRET: { Ref: expect.stringMatching(/^WebhookscrmSecret/) },
      QUEUE_URL: { Ref: expect.stringMatching(/^WebhookscrmQueue/) },
      DEAD_LETTERS_URL: { Ref: expect.stringMatching(/^WebhookscrmDeadLetters/) },
      WEBHOOKS_TABLE: { Ref: expect.stringMatching(/^WebhooksTable/) },
    })
  })

  test('can take from its own queue, set aside in its own dead-letter queue, and read its own secret', () => {
    expect(rightsTo('WebhookscrmSender', 'WebhookscrmQueue')).toEqual(CONSUME)
    expect(rightsTo('WebhookscrmSender', 'WebhookscrmDeadLetters')).toEqual(['sqs:SendMessage'])
    expect(rightsTo('WebhookscrmSender', 'WebhookscrmSecret')).toEqual(['secretsmanager:GetSecretValue'])
    expect(JSON.stringify(rightsOf(template, 'WebhookscrmSender'))).not.toMatch(/shop|Tables|Deliveries|Topic/)
  })

  test('can write its own state, and what it has told, and no other row', () => {
    const rows = rightsOf(template, 'WebhookscrmSender')
      .filter(({ Resource }) => JSON.stringify(Resource).includes('WebhooksTable'))
      .map(({ Action, Condition }) => ({ Action, Condition }))
    const keys = (key: string) => ({ 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': [key] } })
    expect(rows).toEqual([
      { Action: ['dynamodb:GetItem', 'dynamodb:UpdateItem'], Condition: keys('endpoint#crm') },
      { Action: 'dynamodb:BatchWriteItem', Condition: keys('told#*') },
    ])
  })
})

describe('the keeper', () => {
  test('runs each minute, and knows every endpoint by what it needs', () => {
    expect(only('AWS::Events::Rule', 'WebhooksMinutely')[1]).toMatchObject({ ScheduleExpression: 'rate(1 minute)' })
    const [, { Environment }] = only('AWS::Lambda::Function', 'WebhooksKeeper')
    const variables = JSON.stringify(Environment)
    for (const name of ['crm', 'shop'])
      for (const part of ['Queue', 'DeadLetters', 'Secret', 'SenderSqsEventSource'])
        expect(variables, name + part).toContain(`Webhooks${name}${part}`)
  })

  test('can disable and enable the mappings of the endpoints, and no other', () => {
    const mappings = rightsOf(template, 'WebhooksKeeper').filter(({ Action }) => String(Action).startsWith('lambda:'))
    expect(new Set(mappings.flatMap(({ Action }) => Action))).toEqual(
      new Set(['lambda:GetEventSourceMapping', 'lambda:UpdateEventSourceMapping']),
    )
    expect(mappings.flatMap(({ Resource }) => Resource)).toEqual(
      ['crm', 'shop'].map((name) => ({
        'Fn::Join': [
          '',
          expect.arrayContaining([
            ':event-source-mapping:',
            { Ref: only('AWS::Lambda::EventSourceMapping', `Webhooks${name}`)[0] },
          ]),
        ],
      })),
    )
  })

  test('can probe with a message of each queue, set old ones aside, and nothing else', () => {
    for (const name of ['crm', 'shop']) {
      expect(rightsTo('WebhooksKeeper', `Webhooks${name}Queue`)).toEqual(
        CONSUME.filter((action) => !action.startsWith('sqs:GetQueue')),
      )
      expect(rightsTo('WebhooksKeeper', `Webhooks${name}DeadLetters`)).toEqual(['sqs:SendMessage'])
      expect(rightsTo('WebhooksKeeper', `Webhooks${name}Secret`)).toEqual(['secretsmanager:GetSecretValue'])
    }
    expect(JSON.stringify(rightsOf(template, 'WebhooksKeeper'))).not.toMatch(/Tables|Deliveries|Topic/)
  })

  test('has variables that fit into 4 KB, with as many endpoints as a stage may have', () => {
    const url = `https://crm.example.com/${'a'.repeat(176)}`
    const webhooks = [...'abcde'].map((letter) => ({ name: letter.repeat(31), url }))
    const full = templateOf({ ...stage, webhooks }, 'a-stage-with-a-long-name')
    const { Variables } = only('AWS::Lambda::Function', 'WebhooksKeeper', full)[1].Environment as Variables
    // As AWS makes them, in the region with the longest name.
    const lengths = { SqsEventSource: 36, Queue: 137, DeadLetters: 137, Secret: 140, Table: 90 }
    const lengthOf = ({ Ref }: { Ref: string }) =>
      Object.entries(lengths).find(([part]) => Ref.includes(part))?.[1] ?? Number.NaN
    const textOf = (value: Value): string =>
      typeof value === 'string'
        ? value
        : 'Ref' in value
          ? 'x'.repeat(lengthOf(value))
          : value['Fn::Join'][1].map(textOf).join('')
    const text = Object.entries(Variables).map(([name, value]) => name + textOf(value))
    // https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
    expect(text.join('').length).toBeLessThanOrEqual(4_096)
    expect(text.join('').length).toBeGreaterThan(3_000)
  })
})

describe('with a customer-managed key', () => {
  const own = templateOf({ ...stage, customerManagedKey: true })

  test('the stack’s topics may use it to send to the encrypted queues, and no other topic may', () => {
    for (const part of ['Queue', 'DeadLetters'])
      expect(only('AWS::SQS::Queue', `Webhookscrm${part}`, own)[1]).toMatchObject({ KmsMasterKeyId: expect.anything() })
    const [, { KeyPolicy }] = only('AWS::KMS::Key', 'Key', own)
    const { Statement } = KeyPolicy as { Statement: Statement[] }
    const statements = Statement.filter(({ Principal }) => JSON.stringify(Principal).includes('sns.'))
    expect(statements).toEqual([
      {
        Effect: 'Allow',
        Principal: { Service: 'sns.amazonaws.com' },
        Action: ['kms:Decrypt', 'kms:GenerateDataKey*'],
        Resource: '*',
        Condition: {
          StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } },
          ArnLike: { 'aws:SourceArn': { 'Fn::Join': ['', expect.arrayContaining([':delivery-ledger-prod-*'])] } },
        },
      },
    ])
  })

  test('is open to no topic where there are no endpoints', () => {
    const without = templateOf({ providers: ['octopush'], events: {}, customerManagedKey: true })
    expect(JSON.stringify(without.findResources('AWS::KMS::Key'))).not.toContain('sns.amazonaws.com')
  })
})

describe('the topics', () => {
  test('are one for each form of recipients that is in use', () => {
    const of = (forms: string[]) =>
      Object.keys(
        templateOf({
          providers: ['octopush'],
          events: {},
          webhooks: forms.map((recipients, index) => ({ ...crm, name: `e${index}`, recipients })),
        }).findResources('AWS::SNS::Topic'),
      )
        .filter((id) => id.startsWith('Events'))
        .map((id) => id.replace(/[0-9A-F]{8}$/, ''))
        .sort()
    expect(of(['masked', 'masked'])).toEqual(['EventsTopic'])
    expect(of(['hashed', 'plain', 'hashed'])).toEqual(['EventsHashedTopic', 'EventsPlainTopic', 'EventsTopic'])
  })

  test('are published to by the follower and the publisher', () => {
    for (const lambda of ['DeliveriesFollower', 'EventsPublisher'])
      for (const topic of ['EventsTopic', 'EventsHashedTopic']) expect(rightsTo(lambda, topic)).toEqual(['sns:Publish'])
  })
})

describe('the alarms', () => {
  const alarms = alarmsOf(template)
  const watched = (id: string) =>
    Object.entries(alarms)
      .filter(([name]) => name.startsWith(`Operations${id}`))
      .map(([, { Properties }]) => Properties)

  test('of each endpoint name it, and say what to do first', () => {
    for (const name of ['crm', 'shop'])
      for (const kind of ['Paused', 'DeadLetters', 'Oldest']) {
        const [alarm, ...others] = watched(`${name.charAt(0).toUpperCase()}${name.slice(1)}Endpoint${kind}`)
        expect(others).toEqual([])
        expect(alarm?.AlarmDescription).toContain(`he endpoint ${name} (${name}.example.com)`)
        expect(alarm?.AlarmDescription).toMatch(/ Look .*ledger endpoints/)
        expect(alarm?.AlarmDescription.length).toBeLessThan(1_024)
      }
  })

  test('turn when it is paused, by the metric of the keeper', () => {
    expect(watched('CrmEndpointPaused')).toMatchObject([
      {
        Namespace: 'DeliveryLedger',
        MetricName: 'paused',
        Dimensions: [
          { Name: 'endpoint', Value: 'crm' },
          { Name: 'service', Value: 'delivery-ledger-prod' },
        ],
        Statistic: 'Maximum',
        Threshold: 0,
        ComparisonOperator: 'GreaterThanThreshold',
      },
    ])
  })

  test('turn by its own queues', () => {
    const queue = (id: string) => [
      { Name: 'QueueName', Value: { 'Fn::GetAtt': [expect.stringMatching(id), 'QueueName'] } },
    ]
    expect(watched('CrmEndpointDeadLetters')).toMatchObject([
      { MetricName: 'ApproximateNumberOfMessagesVisible', Dimensions: queue('^WebhookscrmDeadLetters'), Threshold: 0 },
    ])
    expect(watched('CrmEndpointOldest')).toMatchObject([
      { MetricName: 'ApproximateAgeOfOldestMessage', Dimensions: queue('^WebhookscrmQueue'), Threshold: 3_600 },
    ])
  })

  test('turn where the keeper stops, also where nothing is measured, and where a sender breaks', () => {
    expect(watched('KeeperStopped')).toMatchObject([
      { Threshold: 1, ComparisonOperator: 'LessThanThreshold', TreatMissingData: 'breaching' },
    ])
    const [{ Metrics = [] } = {}] = watched('SenderErrors')
    expect(Metrics.filter((one: object) => 'MetricStat' in one)).toHaveLength(2)
  })
})

test('the dashboard has a row of the endpoints, where there are some', () => {
  const bodyOf = (of: typeof template) => JSON.stringify(only('AWS::CloudWatch::Dashboard', 'Operations', of)[1])
  expect(bodyOf(template)).toContain('## Are endpoints sent their events?')
  for (const name of ['crm', 'shop'])
    for (const part of ['Queue', 'DeadLetters']) expect(bodyOf(template)).toContain(`Webhooks${name}${part}`)
  expect(bodyOf(templateOf({ providers: ['octopush'], events: {} }))).not.toContain('endpoints')
})

test('the output for the command line names each endpoint with its queues, secret and mapping', () => {
  const { WebhooksSettings } = template.findOutputs('WebhooksSettings')
  const value = JSON.stringify(WebhooksSettings?.Value)
  for (const part of ['Queue', 'DeadLetters', 'Secret', 'Sender']) expect(value).toContain(`Webhookscrm${part}`)
  expect(value).toContain(JSON.stringify(JSON.stringify(crm.filter)).slice(2, -2))
})
