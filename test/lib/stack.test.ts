import { Match, type Template } from 'aws-cdk-lib/assertions'
import { describe, expect, test } from 'vitest'
import { MAX_QUEUE_MESSAGE_BYTES } from '../../functions/domain/callback.ts'
import { providers } from '../../functions/providers/index.ts'
import { EVENT_SOURCE } from '../../functions/worker/event-source.ts'
import { originsOf } from '../../operator/target.ts'
import { actionsOf, alarmsOf, alarmTemplateOf, rightsOf, type Statement, statementsOf, templateOf } from './template.ts'

const template = templateOf()

test('who may remap changes of a row what a mapping decides and brings deliveries up to date, and nothing else', () => {
  const [policy] = Object.values(template.findResources('AWS::IAM::ManagedPolicy'))
  const statements: Statement[] = policy?.Properties.PolicyDocument.Statement
  expect(actionsOf(statements)).toEqual([
    'cloudformation:DescribeStacks',
    'cloudformation:ListStackResources',
    'dynamodb:DescribeTable',
    'dynamodb:Query',
    'dynamodb:Query',
    'dynamodb:Scan',
    'dynamodb:UpdateItem',
    'dynamodb:UpdateItem',
    'secretsmanager:GetSecretValue',
    'sqs:DeleteMessage',
    'sqs:GetQueueAttributes',
    'sqs:ReceiveMessage',
  ])
  const onLedger = statements.filter(({ Resource }) => JSON.stringify(Resource).includes('TablesLedger'))
  const update = onLedger.find(({ Action }) => Action === 'dynamodb:UpdateItem')
  const onDeliveries = statements.filter(({ Resource }) => JSON.stringify(Resource).includes('DeliveriesTable'))
  expect(actionsOf(onDeliveries)).toEqual(['dynamodb:Query', 'dynamodb:UpdateItem'])
  expect(update?.Condition).toMatchObject({
    'ForAllValues:StringEquals': { 'dynamodb:Attributes': ['pk', 'sk', 'status', 'final', 'order', 'normalizer'] },
  })
  expect(JSON.stringify(statements.map(({ Resource }) => Resource))).not.toContain('"*"')
})

test('who may project publishes parked events where the stage has a topic, also under a key of its own', () => {
  const rightsIn = (configuration: object) => {
    const policies = templateOf({ providers: ['octopush'], ...configuration }).findResources('AWS::IAM::ManagedPolicy')
    const statements: Statement[] = Object.values(policies)[0]?.Properties.PolicyDocument.Statement
    return statements.filter(({ Action }) => JSON.stringify(Action).match(/sns:|kms:|events:|sqs:SendMessage/))
  }
  const publish = { Effect: 'Allow', Action: 'sns:Publish', Resource: { Ref: expect.stringMatching(/^EventsTopic/) } }
  const events = { recipients: 'masked' }
  expect(rightsIn({ events })).toEqual([publish])
  expect(rightsIn({ events, customerManagedKey: true })).toEqual([
    publish,
    expect.objectContaining({ Action: ['kms:Decrypt', 'kms:GenerateDataKey*'] }),
  ])
  expect(rightsIn({ customerManagedKey: true })).toEqual([expect.objectContaining({ Action: 'kms:Decrypt' })])
  const webhooks = [{ name: 'crm', url: 'https://example.com' }]
  const queue = { 'Fn::GetAtt': [expect.stringMatching(/^Webhookscrm.*Queue/), 'Arn'] }
  expect(rightsIn({ events, webhooks })).toEqual([
    publish,
    { Effect: 'Allow', Action: 'sqs:SendMessage', Resource: queue },
  ])
  const bus = 'arn:aws:events:eu-west-1:000000000000:event-bus/company'
  expect(rightsIn({ events: { bus } })).toContainEqual({ Effect: 'Allow', Action: 'events:PutEvents', Resource: bus })
})

describe('the ways in', () => {
  test('every route of the catalogue goes to the receiver of its provider, whatever the method', () => {
    for (const { routes } of providers) {
      for (const { path } of routes) {
        template.hasResourceProperties('AWS::ApiGatewayV2::Route', {
          RouteKey: `ANY ${path}`,
          AuthorizationType: 'NONE',
        })
      }
    }
    for (const { id } of providers) {
      template.hasResourceProperties('AWS::Lambda::Function', {
        Environment: { Variables: Match.objectLike({ PROVIDER: id }) },
      })
    }
  })

  test('the query API asks for IAM authorization', () => {
    for (const key of [
      'GET /v1/messages',
      'GET /v1/messages/{provider}/{messageId+}',
      'GET /v1/deliveries',
      'PUT /v1/expectations',
      'PUT /v1/expectations/{provider}/{messageId+}',
      'GET /v1/quarantine',
      'POST /v1/quarantine/{id}/replay',
      'GET /v1/openapi.json',
    ]) {
      template.hasResourceProperties('AWS::ApiGatewayV2::Route', { RouteKey: key, AuthorizationType: 'AWS_IAM' })
    }
  })

  test('the stage is throttled, and its access log has neither query strings nor paths', () => {
    template.hasResourceProperties('AWS::ApiGatewayV2::Stage', {
      StageName: '$default',
      DefaultRouteSettings: { ThrottlingRateLimit: 1000, ThrottlingBurstLimit: 1250 },
      AccessLogSettings: { Format: Match.stringLikeRegexp('routeKey') },
    })
    const [stage] = Object.values(template.findResources('AWS::ApiGatewayV2::Stage'))
    expect(stage?.Properties.AccessLogSettings.Format).not.toMatch(/path|query|authorizer|\$context\.identity/i)
  })

  // The account's policy for other groups may have 5,120 characters, and each adds to it.
  test('the access log is a group of vended logs', () => {
    template.hasResourceProperties('AWS::Logs::LogGroup', {
      LogGroupName: '/aws/vendedlogs/delivery-ledger-prod/access',
    })
  })

  test('what API Gateway answers itself is counted out of the access log', () => {
    const filter = (FilterPattern: string, MetricName: string) =>
      template.hasResourceProperties('AWS::Logs::MetricFilter', {
        FilterPattern,
        LogGroupName: { Ref: Match.stringLikeRegexp('^IngressAccessLog') },
        MetricTransformations: [
          { MetricName, MetricNamespace: 'DeliveryLedger/delivery-ledger-prod', MetricValue: '1' },
        ],
      })
    filter('{ $.status = "429" }', 'throttled')
    filter('{ ($.status = "404") && ($.route != "* /v1/*") }', 'notFound')
  })

  test('each provider has a secret of its own, and the deliveries one, whose values AWS makes', () => {
    template.resourceCountIs('AWS::SecretsManager::Secret', providers.length + 1)
    template.allResourcesProperties('AWS::SecretsManager::Secret', {
      GenerateSecretString: Match.objectLike({ GenerateStringKey: 'current' }),
    })
  })

  // Any change of this property makes CloudFormation put a new key into every secret at the next deploy.
  test('how a secret is generated stays word for word as it is', () => {
    for (const { Properties } of Object.values(template.findResources('AWS::SecretsManager::Secret')))
      expect(Properties.GenerateSecretString).toEqual({
        SecretStringTemplate: '{}',
        GenerateStringKey: 'current',
        ExcludePunctuation: true,
        PasswordLength: 40,
      })
  })

  test('a custom domain is served where there is one', () => {
    const domain = {
      domainName: 'callbacks.example.com',
      certificateArn: 'arn:aws:acm:eu-west-1:111111111111:certificate/a',
    }
    const own = templateOf({ customDomain: domain })
    own.hasResourceProperties('AWS::ApiGatewayV2::DomainName', { DomainName: domain.domainName })
    own.resourceCountIs('AWS::ApiGatewayV2::ApiMapping', 1)
    own.hasResourceProperties('AWS::ApiGatewayV2::Api', { DisableExecuteApiEndpoint: false })
    const exclusive = templateOf({ customDomain: { ...domain, exclusive: true } })
    exclusive.hasResourceProperties('AWS::ApiGatewayV2::Api', { DisableExecuteApiEndpoint: true })
    own.hasOutput('CustomDomainTarget', {
      Value: { 'Fn::GetAtt': [Match.stringLikeRegexp('IngressDomain'), 'RegionalDomainName'] },
    })
    own.hasOutput('CustomDomainZone', {
      Value: { 'Fn::GetAtt': [Match.stringLikeRegexp('IngressDomain'), 'RegionalHostedZoneId'] },
    })
    own.hasOutput('*', { Value: Match.stringLikeRegexp('https://callbacks.example.com/webhooks/octopush') })
    template.resourceCountIs('AWS::ApiGatewayV2::DomainName', 0)
    template.hasResourceProperties('AWS::ApiGatewayV2::Api', { DisableExecuteApiEndpoint: false })
  })
})

describe('a stage of the whole catalogue with every key and two endpoints', () => {
  const full = (some: readonly { id: string }[]) =>
    templateOf({
      providers: some.map(({ id }) => id),
      lookups: ['recipient', 'reference', 'campaign', 'failed'],
      expectations: true,
      events: {},
      webhooks: ['crm', 'shop'].map((name) => ({ name, url: 'https://example.com', recipients: 'hashed' })),
      statusMetrics: true,
      customerManagedKey: true,
      alarmEmail: 'operations@example.com',
      silenceMinutes: Object.fromEntries(some.map(({ id }) => [id, 60])),
      publicUrl: 'https://callbacks.example.com',
      customDomain: {
        domainName: 'callbacks.example.com',
        certificateArn: 'arn:aws:acm:eu-west-1:111111111111:certificate/a',
      },
    })
  const sizeOf = (of: Template) => Object.keys(of.toJSON().Resources).length
  const [all, fewer] = [full(providers), full(providers.slice(10))]

  // https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html
  test.each([
    ['the stack', (of: Template) => of],
    ['its alarms', alarmTemplateOf],
  ])('%s has at most 500 resources and a megabyte, and would with 40 providers', (_, part) => {
    const own = part(all)
    const perProvider = (sizeOf(own) - sizeOf(part(fewer))) / 10
    expect(sizeOf(own) + perProvider * Math.max(0, 40 - providers.length)).toBeLessThanOrEqual(500)
    expect((JSON.stringify(own.toJSON()).length * 40) / providers.length).toBeLessThanOrEqual(1_000_000)
    expect(Object.keys(own.toJSON().Parameters ?? {}).length).toBeLessThanOrEqual(200)
    expect(Object.keys(own.toJSON().Outputs ?? {}).length).toBeLessThanOrEqual(200)
  })

  test('has its alarms in a nested stack, which a stage of some providers has not', () => {
    expect(Object.keys(all.findResources('AWS::CloudWatch::Alarm'))).toEqual([])
    expect(Object.keys(alarmsOf(all)).length).toBeGreaterThan(6 * providers.length)
    const some = templateOf({ providers: providers.slice(0, 20).map(({ id }) => id) })
    some.resourceCountIs('AWS::CloudFormation::Stack', 0)
  })
})

test('the command line signs for the URL that providers call, and sends to the stack’s own', () => {
  const outputsOf = (template: Template) =>
    Object.entries(template.findOutputs('*')).map(([OutputKey, { Value }]) => ({
      OutputKey,
      OutputValue: typeof Value === 'string' ? Value : 'https://api.example.com/v1',
    }))
  const own = templateOf({ providers: ['octopush'], publicUrl: 'https://callbacks.example.com/in' })
  expect(originsOf(outputsOf(own))).toEqual({
    url: 'https://api.example.com',
    publicUrl: 'https://callbacks.example.com/in',
  })
  expect(originsOf(outputsOf(template))).toEqual({ url: 'https://api.example.com', publicUrl: undefined })
})

test('receivers know the URL that providers call, and the worker the providers of the stage', () => {
  const own = templateOf({ providers: ['octopush', 'twilio'], publicUrl: 'https://callbacks.example.com/in' })
  const variables = (Variables: object) => ({ Environment: { Variables: Match.objectLike(Variables) } })
  own.hasResourceProperties(
    'AWS::Lambda::Function',
    variables({ PROVIDER: 'twilio', PUBLIC_URL: 'https://callbacks.example.com/in' }),
  )
  own.hasResourceProperties('AWS::Lambda::Function', variables({ PROVIDERS: 'octopush,twilio' }))
  own.hasOutput('TwilioCallbackUrl', { Value: 'https://callbacks.example.com/in/webhooks/twilio' })
})

describe('the pipeline', () => {
  test('the queue keeps messages for 14 days, and moves those that fail to a dead-letter queue that does too', () => {
    template.resourceCountIs('AWS::SQS::Queue', 3)
    template.allResourcesProperties('AWS::SQS::Queue', {
      MessageRetentionPeriod: 14 * 24 * 60 * 60,
      SqsManagedSseEnabled: true,
    })
    template.resourcePropertiesCountIs('AWS::SQS::Queue', { MaximumMessageSize: MAX_QUEUE_MESSAGE_BYTES }, 2)
    template.hasResourceProperties('AWS::SQS::Queue', {
      VisibilityTimeout: EVENT_SOURCE.visibilityTimeout,
      RedrivePolicy: { maxReceiveCount: EVENT_SOURCE.maxReceiveCount },
    })
    expect(EVENT_SOURCE.visibilityTimeout).toBeGreaterThanOrEqual(6 * EVENT_SOURCE.workerTimeout)
    // A fault of some hours is over before messages are given up.
    expect(EVENT_SOURCE.visibilityTimeout * EVENT_SOURCE.maxReceiveCount).toBeGreaterThanOrEqual(10 * 60 * 60)
  })

  test('the worker gets callbacks at once, ten at most, answers for each, and leaves a new account’s receivers room', () => {
    template.hasResourceProperties('AWS::Lambda::EventSourceMapping', {
      BatchSize: 10,
      MaximumBatchingWindowInSeconds: 0,
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      ScalingConfig: { MaximumConcurrency: 4 },
    })
  })

  test('a stage may have batches that wait to be filled, which the visibility timeout allows for', () => {
    const bulk = templateOf({ batch: { size: 100, window: 1 } })
    bulk.hasResourceProperties('AWS::Lambda::EventSourceMapping', { BatchSize: 100, MaximumBatchingWindowInSeconds: 1 })
    bulk.hasResourceProperties('AWS::SQS::Queue', { VisibilityTimeout: 6 * EVENT_SOURCE.workerTimeout + 1 })
  })

  test('TLS is enforced on queues and topics', () => {
    for (const type of ['AWS::SQS::QueuePolicy', 'AWS::SNS::TopicPolicy']) {
      template.allResourcesProperties(type, {
        PolicyDocument: {
          Statement: Match.arrayWith([
            Match.objectLike({ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }),
          ]),
        },
      })
    }
    template.resourceCountIs('AWS::SQS::QueuePolicy', 3)
    template.resourceCountIs('AWS::SNS::TopicPolicy', 1)
  })
})

describe('the tables', () => {
  test('are billed on demand, can be restored to any second and cannot be deleted by mistake', () => {
    template.resourceCountIs('AWS::DynamoDB::Table', 3)
    template.allResources('AWS::DynamoDB::Table', { DeletionPolicy: 'Retain' })
    template.allResourcesProperties('AWS::DynamoDB::Table', {
      BillingMode: 'PAY_PER_REQUEST',
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
      DeletionProtectionEnabled: true,
      TimeToLiveSpecification: { AttributeName: 'expiresAt', Enabled: true },
    })
  })

  test('the ledger has a stream of its new rows', () => {
    template.hasResourceProperties('AWS::DynamoDB::Table', { StreamSpecification: { StreamViewType: 'NEW_IMAGE' } })
  })

  test('go with the stack where the configuration says so', () => {
    const own = templateOf({ removeTables: true })
    own.allResources('AWS::DynamoDB::Table', { DeletionPolicy: 'Delete' })
    own.allResourcesProperties('AWS::DynamoDB::Table', { DeletionProtectionEnabled: false })
  })
})

/** https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html */
const KNOWS_NO_RESOURCES = new Set(['cloudwatch:GetMetricData', 'dynamodb:ListStreams'])

describe('the functions', () => {
  test('run on Node 24 on arm64, and log JSON', () => {
    template.allResourcesProperties('AWS::Lambda::Function', {
      Runtime: 'nodejs24.x',
      Architectures: ['arm64'],
      LoggingConfig: {
        LogFormat: 'JSON',
        SystemLogLevel: 'WARN',
        ApplicationLogLevel: 'INFO',
        LogGroup: Match.anyValue(),
      },
      Environment: { Variables: Match.objectLike({ POWERTOOLS_SERVICE_NAME: 'delivery-ledger-prod' }) },
    })
    template.resourceCountIs('AWS::Lambda::Function', providers.length + 8)
  })

  test('have log groups with an end, which for what is audited is that of the audit trail', () => {
    for (const [id, { Properties }] of Object.entries(template.findResources('AWS::Logs::LogGroup'))) {
      const isAudited = /^Console(Reveal|Replay|Drop)/.test(id)
      expect(Properties.RetentionInDays, id).toBe(isAudited ? 365 : 30)
    }
    template.resourceCountIs('AWS::Logs::LogGroup', providers.length + 10)
  })

  test('a receiver can log, send to one queue and read one secret, and nothing else', () => {
    for (const { id } of providers) {
      const name = id.charAt(0).toUpperCase() + id.slice(1)
      const rights = rightsOf(template, `Ingress${name}Receiver`)
      expect(actionsOf(rights)).toEqual([
        'logs:CreateLogStream',
        'logs:PutLogEvents',
        'secretsmanager:GetSecretValue',
        'sqs:SendMessage',
      ])
      const secret = rights.find(({ Action }) => Action === 'secretsmanager:GetSecretValue')
      expect(secret?.Resource).toEqual({ Ref: expect.stringContaining(`${name}Secret`) })
    }
  })

  test('the worker can take from one queue and insert into two tables', () => {
    const rights = rightsOf(template, 'PipelineWorker')
    expect(actionsOf(rights).filter((action) => !/^(logs|sqs):/.test(action))).toEqual([
      'dynamodb:BatchWriteItem',
      'dynamodb:DeleteItem',
      'dynamodb:PartiQLInsert',
      'dynamodb:UpdateItem',
    ])
    expect(actionsOf(rights)).not.toContain('sqs:SendMessage')
    const resources = rights
      .filter(({ Action }) => String(Action).startsWith('dynamodb'))
      .map(({ Resource }) => JSON.stringify(Resource))
    expect(resources).toEqual([expect.stringContaining('TablesLedger'), expect.stringContaining('TablesQuarantine')])
  })

  test('the query function can read the ledger, the quarantine and what is overdue, and send to the queue for a replay', () => {
    expect(actionsOf(rightsOf(template, 'IngressQuery')).filter((action) => !action.startsWith('logs'))).toEqual([
      'dynamodb:BatchGetItem',
      'dynamodb:GetItem',
      'dynamodb:Query',
      'dynamodb:Query',
      'sqs:SendMessage',
    ])
  })

  test.each([
    [
      'View',
      [
        'cloudwatch:GetMetricData',
        'dynamodb:BatchGetItem',
        'dynamodb:GetItem',
        'dynamodb:Query',
        'dynamodb:Query',
        'dynamodb:Scan',
        'logs:FilterLogEvents',
      ],
    ],
    ['Reveal', ['dynamodb:BatchGetItem', 'dynamodb:GetItem', 'dynamodb:Query', 'dynamodb:Query']],
    ['Replay', ['dynamodb:GetItem', 'dynamodb:Query', 'sqs:SendMessage']],
    ['Drop', ['dynamodb:BatchWriteItem', 'dynamodb:DeleteItem', 'dynamodb:GetItem', 'dynamodb:Query']],
  ])('of the console’s functions %s can do what it is named for, and nothing else', (name, expected) => {
    const rights = rightsOf(template, `Console${name}`).filter(
      ({ Action }) => !String(Action).startsWith('logs:Create'),
    )
    expect(actionsOf(rights).filter((action) => !/^logs:(Create|Put)/.test(action))).toEqual(expected)
    if (name !== 'View' && name !== 'Reveal') expect(JSON.stringify(rights)).not.toContain('TablesLedger')
  })

  test('no role has a right to everything, or a policy that AWS manages', () => {
    for (const role of Object.values(template.findResources('AWS::IAM::Role'))) {
      expect(role.Properties.ManagedPolicyArns).toBeUndefined()
      for (const { Action, Resource } of statementsOf(role)) {
        if (!KNOWS_NO_RESOURCES.has(String(Action))) expect([Action, Resource].flat()).not.toContain('*')
        expect(JSON.stringify(Action)).not.toContain('*')
      }
    }
  })
})

describe('a customer-managed key', () => {
  const own = templateOf({ customerManagedKey: true })

  test('protects all that is stored', () => {
    own.allResourcesProperties('AWS::SQS::Queue', { KmsMasterKeyId: Match.anyValue() })
    own.allResourcesProperties('AWS::DynamoDB::Table', { SSESpecification: { SSEEnabled: true, SSEType: 'KMS' } })
    own.allResourcesProperties('AWS::SecretsManager::Secret', { KmsKeyId: Match.anyValue() })
    own.allResourcesProperties('AWS::Logs::LogGroup', { KmsKeyId: Match.anyValue() })
    own.allResourcesProperties('AWS::KMS::Key', { EnableKeyRotation: true })
  })

  test('is open to CloudWatch Logs by the encryption context, as its page says, and to no other service', () => {
    const policies = Object.entries(own.findResources('AWS::KMS::Key')).map(([id, { Properties }]) => ({
      id,
      services: (Properties.KeyPolicy.Statement as Statement[]).filter((one) => 'Service' in (one.Principal as object)),
    }))
    const { services = [] } = policies.find(({ id }) => id.startsWith('Key')) ?? {}
    expect(services).toEqual([
      expect.objectContaining({
        Principal: { Service: { 'Fn::Join': ['', ['logs.', { Ref: 'AWS::Region' }, '.amazonaws.com']] } },
        Condition: { ArnLike: { 'kms:EncryptionContext:aws:logs:arn': expect.anything() } },
      }),
    ])
    expect(JSON.stringify(services[0]?.Condition)).toContain(':logs:')
  })
})

test('CloudTrail records who calls what reveals or changes something, unless the configuration says not to', () => {
  template.hasResourceProperties('AWS::CloudTrail::Trail', {
    EventSelectors: [
      {
        DataResources: [{ Type: 'AWS::Lambda::Function', Values: Match.anyValue() }],
        IncludeManagementEvents: false,
        ReadWriteType: 'WriteOnly',
      },
    ],
  })
  const trail = JSON.stringify(template.findResources('AWS::CloudTrail::Trail'))
  for (const right of ['Reveal', 'Replay', 'Drop']) expect(trail).toContain(`Console${right}`)
  templateOf({ auditTrail: false }).resourceCountIs('AWS::CloudTrail::Trail', 0)
})

test('the outputs say what to paste into each provider’s console, and how to read or set its secret', () => {
  const outputs = template.findOutputs('*')
  for (const { id, routes, keyIssuer, secret } of providers) {
    const name = id.charAt(0).toUpperCase() + id.slice(1)
    const url = JSON.stringify(outputs[`${name}CallbackUrl`]?.Value)
    for (const { path } of routes) expect(url).toContain(path)
    const command = JSON.stringify(outputs[`${name}SecretCommand`]?.Value)
    expect(command).toContain(keyIssuer === 'provider' ? 'put-secret-value' : 'get-secret-value')
    if (keyIssuer === 'provider')
      for (const [member, words] of Object.entries(secret)) {
        expect(words).not.toContain("'")
        expect(command).toContain(JSON.stringify(JSON.stringify({ [member]: `<${words}>` })).slice(2, -2))
      }
  }
})

test.each([
  ['Sendgrid', '{"current":"<the Verification Key>"}'],
  ['Whatsapp', '{"current":"<the app secret>","verifyToken":"<a text of your own>"}'],
])('the command that sets the secret of %s says what it holds', (name, secret) => {
  const { Value } = template.findOutputs(`${name}SecretCommand`)[`${name}SecretCommand`] ?? {}
  expect(JSON.stringify(Value)).toContain(JSON.stringify(`--secret-string '${secret}'`).slice(1, -1))
})

test('two stages in one account share no name', () => {
  const names = (of: Template) =>
    Object.values(of.toJSON().Resources as Record<string, { Properties?: Record<string, unknown> }>).flatMap(
      ({ Properties = {} }) =>
        Object.entries(Properties).filter(
          ([key, value]) =>
            /^(\w*Name|Alias)$/.test(key) && typeof value === 'string' && !/^(Policy|Stage|Metric)/.test(key),
        ),
    )
  const [prod, other] = [names(template), names(templateOf({}, 'test'))]
  expect(prod.filter(([key, value]) => other.some(([k, v]) => k === key && v === value))).toEqual([])
})

test('only the providers that are enabled are deployed', () => {
  const own = templateOf({ providers: ['octopush'] })
  own.resourceCountIs('AWS::SecretsManager::Secret', 2)
  own.resourceCountIs('AWS::Lambda::Function', 9)
})
