import { readFileSync } from 'node:fs'
import { App, NestedStack } from 'aws-cdk-lib'
import { Template } from 'aws-cdk-lib/assertions'
import { expect } from 'vitest'
import { providers } from '../../functions/providers/index.ts'
import { readConfiguration } from '../../lib/configuration.ts'
import { LedgerStack } from '../../lib/ledger-stack.ts'

const ids = providers.map(({ id }) => id)

/** The context of cdk.json: the stages, and CDK's feature flags. */
export const { context } = JSON.parse(readFileSync('cdk.json', 'utf8'))

/** The template of a stage with the given configuration, of all providers unless it names some; functions are not bundled. */
export function templateOf(configuration: Record<string, unknown> = {}, stage = 'prod'): Template {
  const app = new App({ context: { ...context, 'aws:cdk:bundling-stacks': [] } })
  const stack = new LedgerStack(app, `delivery-ledger-${stage}`, {
    configuration: readConfiguration(stage, { [stage]: { providers: ids, ...configuration } }),
  })
  const template = Template.fromStack(stack)
  const nested = stack.node.findAll().find((one): one is NestedStack => one instanceof NestedStack)
  alarmTemplates.set(template, nested === undefined ? template : Template.fromStack(nested))
  return template
}

const alarmTemplates = new WeakMap<Template, Template>()

/** The template that has a stage's alarms: its own, or that of its nested stack. */
export const alarmTemplateOf = (template: Template): Template => alarmTemplates.get(template) ?? template

/** The alarms of a stage, by their logical ids. */
export const alarmsOf = (template: Template) => alarmTemplateOf(template).findResources('AWS::CloudWatch::Alarm')

/** A statement of a policy. */
export interface Statement {
  Action: string | string[]
  Resource: unknown
  Effect: string
  Principal?: unknown
  Condition?: unknown
}

/** The statements of the role of a function, by the beginning of its logical id. */
export function rightsOf(of: Template, functionId: string): Statement[] {
  const roles = Object.entries(of.findResources('AWS::IAM::Role')).filter(([id]) => id.startsWith(functionId))
  expect(roles).toHaveLength(1)
  return roles.flatMap(([, role]) => statementsOf(role))
}

/** The statements in a role. */
export const statementsOf = ({
  Properties,
}: Record<string, { Policies?: { PolicyDocument: { Statement: Statement[] } }[] }>) =>
  (Properties?.Policies ?? []).flatMap(({ PolicyDocument }) => PolicyDocument.Statement)

/** The actions of statements, sorted. */
export const actionsOf = (statements: Statement[]): string[] => statements.flatMap(({ Action }) => Action).sort()
