import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { context, templateOf } from './template.ts'

/** What holds data, keys or URLs: its type by its logical id. */
const KEPT = {
  Key961B73FD: 'AWS::KMS::Key',
  TablesLedgerF9806C8B: 'AWS::DynamoDB::Table',
  TablesQuarantineFBED62D1: 'AWS::DynamoDB::Table',
  DeliveriesTable439E74BF: 'AWS::DynamoDB::Table',
  DeliveriesHashKey84BA4281: 'AWS::SecretsManager::Secret',
  DeliveriesParkedA5887CA3: 'AWS::SQS::Queue',
  PipelineCallbacks4D3A07A7: 'AWS::SQS::Queue',
  PipelineDeadLetters68B5256A: 'AWS::SQS::Queue',
  IngressApiFA053807: 'AWS::ApiGatewayV2::Api',
  IngressDomainDEB60516: 'AWS::ApiGatewayV2::DomainName',
  IngressAvaamoSecret548ED6CD: 'AWS::SecretsManager::Secret',
  IngressNifteemSecretAB1EE002: 'AWS::SecretsManager::Secret',
  IngressOctopushSecret81D71037: 'AWS::SecretsManager::Secret',
  IngressTelesignSecret34A43B3F: 'AWS::SecretsManager::Secret',
  ConsoleAuditBucket64922699: 'AWS::S3::Bucket',
  OperationsAlarmKey3BE721C2: 'AWS::KMS::Key',
  OperationsAlarms65F99440: 'AWS::SNS::Topic',
}

// Under another logical id a resource is a new one: an empty table, a new key, a new URL. CloudFormation gives no error.
test('what holds data, keys or URLs keeps its logical id', () => {
  const customDomain = {
    domainName: 'callbacks.example.com',
    certificateArn: 'arn:aws:acm:eu-west-1:111111111111:certificate/a',
  }
  const { Resources } = templateOf({ customerManagedKey: true, customDomain }).toJSON()
  for (const [id, type] of Object.entries(KEPT)) expect(Resources[id]?.Type, id).toBe(type)
})

// A flag that is set later may rename or replace resources of stacks that are there.
test('every feature flag of the CDK has a value', () => {
  const flags = JSON.parse(readFileSync('node_modules/aws-cdk-lib/recommended-feature-flags.json', 'utf8'))
  expect(Object.keys(flags).filter((flag) => !(flag in context))).toEqual([])
})
