import { Match, type Template } from 'aws-cdk-lib/assertions'
import { describe, expect, test } from 'vitest'
import { STREAM_SOURCE } from '../../functions/follower/stream-source.ts'
import { INDEXES } from '../../functions/platform/delivery-indexes.ts'
import { SCHEDULE } from '../../functions/sweeper/schedule.ts'
import { actionsOf, alarmsOf, rightsOf, type Statement, templateOf } from './template.ts'

const stage = (configuration: Record<string, unknown> = {}) => templateOf({ providers: ['octopush'], ...configuration })

const plain = stage()
const off = stage({ patience: { default: null } })
const full = stage({ lookups: ['recipient', 'reference', 'campaign', 'failed'], expectations: true })

const [DELIVERIES, LEDGER] = ['DeliveriesTable', 'TablesLedger']

interface Table {
  AttributeDefinitions: { AttributeName: string; AttributeType: string }[]
  GlobalSecondaryIndexes?: { IndexName: string }[]
}

function tableOf(of: Template): Table {
  const [table] = Object.entries(of.findResources('AWS::DynamoDB::Table')).filter(([id]) => id.startsWith(DELIVERIES))
  return table?.[1].Properties
}

const indexesOf = (of: Template) => (tableOf(of).GlobalSecondaryIndexes ?? []).map(({ IndexName }) => IndexName)

/** What a role may do with the resources whose references hold a text. */
const rightsTo = (statements: Statement[], text: string): string[] =>
  actionsOf(statements.filter(({ Resource }) => JSON.stringify(Resource).includes(text)))

/** The indexes that a role may query. */
const queried = (statements: Statement[]): string[] =>
  [
    ...JSON.stringify(statements.filter(({ Action }) => [Action].flat().includes('dynamodb:Query'))).matchAll(
      /\/index\/(\w+)/g,
    ),
  ].map(([, name = '']) => name)

describe('the indexes of the deliveries', () => {
  test('are those of the look-ups that the stage asks for, and two that cost nothing while they are empty', () => {
    expect(indexesOf(plain)).toEqual(['open', 'overdue'])
    // No stage can get or lose both in an update, so they do not depend on the patience.
    expect(indexesOf(off)).toEqual(['open', 'overdue'])
    expect(indexesOf(stage({ lookups: ['failed'] }))).toEqual(['failed', 'open', 'overdue'])
    expect(indexesOf(full).sort()).toEqual(Object.keys(INDEXES).sort())
  })

  test('hold keys alone, by the attributes that the functions write', () => {
    const table = tableOf(full)
    expect(table.GlobalSecondaryIndexes).toEqual(
      indexesOf(full).map((name) => {
        const { partition, sort } = INDEXES[name as keyof typeof INDEXES]
        return {
          IndexName: name,
          KeySchema: [
            { AttributeName: partition, KeyType: 'HASH' },
            { AttributeName: sort, KeyType: 'RANGE' },
          ],
          Projection: { ProjectionType: 'KEYS_ONLY' },
        }
      }),
    )
    expect(new Set(table.AttributeDefinitions.map(({ AttributeType }) => AttributeType))).toEqual(new Set(['S']))
  })
})

describe('the follower', () => {
  const rights = rightsOf(full, 'DeliveriesFollower')

  test('is fed by inserts alone, from the oldest, for as long as the stream has them', () => {
    full.hasResourceProperties('AWS::Lambda::EventSourceMapping', {
      EventSourceArn: { 'Fn::GetAtt': [Match.stringLikeRegexp(`^${LEDGER}`), 'StreamArn'] },
      FunctionName: { Ref: Match.stringLikeRegexp('^DeliveriesFollower') },
      StartingPosition: 'TRIM_HORIZON',
      BatchSize: STREAM_SOURCE.batchSize,
      ParallelizationFactor: 1,
      FilterCriteria: { Filters: [{ Pattern: '{"eventName":["INSERT"]}' }] },
      MaximumRetryAttempts: -1,
      MaximumRecordAgeInSeconds: Match.absent(),
      BisectBatchOnFunctionError: Match.absent(),
    })
    stage({ followersPerShard: 10 }).hasResourceProperties('AWS::Lambda::EventSourceMapping', {
      ParallelizationFactor: 10,
    })
  })

  test('can read the ledger and its stream, read and update deliveries, read the hash key and park, and nothing else', () => {
    expect(rightsTo(rights, `["${LEDGER}`)).toEqual(
      ['dynamodb:Query', 'dynamodb:DescribeStream', 'dynamodb:GetRecords', 'dynamodb:GetShardIterator'].sort(),
    )
    const stream = rights.filter(({ Resource }) => JSON.stringify(Resource).includes('StreamArn'))
    expect(actionsOf(stream)).not.toContain('dynamodb:Query')
    expect(rightsTo(rights, DELIVERIES)).toEqual(['dynamodb:Query', 'dynamodb:UpdateItem'])
    expect(queried(rights)).toEqual([])
    expect(rightsTo(rights, 'DeliveriesHashKey')).toEqual(['secretsmanager:GetSecretValue'])
    expect(rightsTo(rights, 'DeliveriesParked')).toEqual(['sqs:SendMessage'])
    expect(actionsOf(rights)).toHaveLength(11)
    expect(actionsOf(rights.filter(({ Resource }) => Resource === '*'))).toEqual(['dynamodb:ListStreams'])
  })

  test('knows the tables, the queue, the hash key and what the stage asks for', () => {
    const own = stage({ lookups: ['campaign'], patience: { octopush: 24 }, ledgerRetentionDays: 90 })
    own.hasResourceProperties('AWS::Lambda::Function', {
      Timeout: STREAM_SOURCE.followerTimeout,
      Environment: {
        Variables: Match.objectLike({
          LEDGER_TABLE: { Ref: Match.stringLikeRegexp(`^${LEDGER}`) },
          DELIVERIES_TABLE: { Ref: Match.stringLikeRegexp(`^${DELIVERIES}`) },
          PARKED_URL: { Ref: Match.stringLikeRegexp('^DeliveriesParked') },
          HASH_KEY_SECRET: { Ref: Match.stringLikeRegexp('^DeliveriesHashKey') },
          LOOKUPS: '["campaign"]',
          PATIENCE: '{"default":72,"octopush":24}',
          EXPECTATIONS: 'false',
          LEDGER_RETENTION_DAYS: '90',
        }),
      },
    })
  })
})

describe('the sweeper', () => {
  test('is there where something can become overdue', () => {
    for (const [of, rules] of [
      [off, 0],
      [plain, 1],
      [stage({ patience: { default: null, octopush: 24 } }), 1],
      [stage({ patience: { default: null }, expectations: true }), 1],
    ] as const) {
      of.resourceCountIs('AWS::Events::Rule', rules)
      const alarms = Object.keys(alarmsOf(of))
      expect(alarms.filter((id) => /SweeperStopped|OverdueShare/.test(id))).toHaveLength(2 * rules)
    }
  })

  test('runs every five minutes, for as long as it says', () => {
    plain.hasResourceProperties('AWS::Events::Rule', {
      ScheduleExpression: `rate(${SCHEDULE.every / 60} minutes)`,
      State: 'ENABLED',
      Targets: [Match.objectLike({ Arn: { 'Fn::GetAtt': [Match.stringLikeRegexp('^DeliveriesSweeper'), 'Arn'] } })],
    })
    plain.hasResourceProperties('AWS::Lambda::Function', {
      Timeout: SCHEDULE.sweeperTimeout,
      Environment: {
        Variables: { DELIVERIES_TABLE: Match.anyValue(), POWERTOOLS_SERVICE_NAME: 'delivery-ledger-prod' },
      },
    })
  })

  test('can find what is open and mark it, and nothing else', () => {
    const rights = rightsOf(full, 'DeliveriesSweeper')
    expect(actionsOf(rights).filter((action) => !action.startsWith('logs'))).toEqual([
      'dynamodb:GetItem',
      'dynamodb:Query',
      'dynamodb:UpdateItem',
    ])
    expect(queried(rights)).toEqual(['open'])
    const query = rights.find(({ Action }) => Action === 'dynamodb:Query')
    expect(JSON.stringify(query?.Resource)).toMatch(/\/index\/open"\]\]}$/)
  })
})

describe.each(['IngressQuery', 'ConsoleView', 'ConsoleReveal'])('%s', (id) => {
  test('finds deliveries by what the stage asks for, and by nothing that is not there', () => {
    expect(rightsTo(rightsOf(off, id), 'Deliveries')).toEqual([])
    const overdue = rightsOf(plain, id)
    expect(queried(overdue)).toEqual(['overdue'])
    expect(rightsTo(overdue, 'DeliveriesHashKey')).toEqual([])
    const campaigns = rightsOf(stage({ lookups: ['campaign'], patience: { default: null } }), id)
    expect(queried(campaigns)).toEqual(['campaign'])
    expect(rightsTo(campaigns, 'DeliveriesHashKey')).toEqual(['secretsmanager:GetSecretValue'])
    const everything = rightsOf(full, id)
    expect(queried(everything).sort()).toEqual(['campaign', 'failed', 'overdue', 'recipient', 'reference'])
    expect(rightsTo(everything, DELIVERIES)).toContain('dynamodb:BatchGetItem')
  })
})

test('the query function keeps what senders expect where the stage says so, the console never', () => {
  expect(rightsTo(rightsOf(plain, 'IngressQuery'), DELIVERIES)).not.toContain('dynamodb:UpdateItem')
  const rights = rightsOf(stage({ expectations: true }), 'IngressQuery')
  expect(rightsTo(rights, DELIVERIES)).toContain('dynamodb:UpdateItem')
  expect(rightsTo(rights, 'DeliveriesHashKey')).toEqual(['secretsmanager:GetSecretValue'])
  for (const right of ['View', 'Reveal', 'Replay', 'Drop'])
    expect(rightsTo(rightsOf(full, `Console${right}`), DELIVERIES)).not.toContain('dynamodb:UpdateItem')
})

test('the command line finds the settings of the deliveries among the outputs', () => {
  const { Value } =
    stage({ lookups: ['failed'], patience: { octopush: null } }).findOutputs('DeliveriesSettings').DeliveriesSettings ??
    {}
  expect(JSON.parse(Value)).toEqual({
    lookups: ['failed'],
    patience: { default: 72, octopush: null },
    expectations: false,
  })
})

test.each([
  ['AWS::DynamoDB::Table', 'DeliveriesTable'],
  ['AWS::SecretsManager::Secret', 'DeliveriesHashKey'],
  ['AWS::SQS::Queue', 'DeliveriesParked'],
])('the command line finds one %s by its logical id, %s…', (type, prefix) => {
  expect(Object.keys(full.findResources(type)).filter((id) => id.startsWith(prefix))).toHaveLength(1)
})

test.each([
  ['is kept with the table, which is of no use without it', {}, 'Retain'],
  ['goes with the table', { removeTables: true }, 'Delete'],
])('the hash key %s', (_, configuration, policy) => {
  const resources = stage(configuration).toJSON().Resources as Record<string, { DeletionPolicy?: string }>
  for (const prefix of [DELIVERIES, 'DeliveriesHashKey']) {
    const [own] = Object.entries(resources).filter(([id]) => id.startsWith(prefix))
    expect(own?.[1].DeletionPolicy).toBe(policy)
  }
})

test('the alarm by share has the share of the stage', () => {
  const expressions = (of: Template) =>
    Object.values(alarmsOf(of)).flatMap(({ Properties }) =>
      (Properties.Metrics ?? []).flatMap(({ Expression }: { Expression?: string }) => Expression ?? []),
    )
  expect(expressions(plain)).toContain(
    'IF(FILL(overdue, 0) >= 10 AND FILL(overdue, 0) > 0.05 * FILL(deliveries, 0), FILL(overdue, 0), 0)',
  )
  expect(expressions(stage({ overdueShare: 0.5 })).join()).toContain('> 0.5 * FILL(deliveries, 0)')
})
