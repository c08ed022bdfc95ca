import { readFileSync } from 'node:fs'
import { App } from 'aws-cdk-lib'
import { Template } from 'aws-cdk-lib/assertions'
import { providers } from '../../functions/providers/index.ts'
import { readConfiguration } from '../../lib/configuration.ts'
import { LedgerStack } from '../../lib/ledger-stack.ts'

const ids = providers.map(({ id }) => id)

/** What cdk.json tells every synthesis: the stages, and CDK's feature flags. */
export const { context } = JSON.parse(readFileSync('cdk.json', 'utf8'))

/** The template of a stage with the given configuration, of all providers unless it names some; functions are not bundled. */
export function templateOf(configuration: Record<string, unknown> = {}, stage = 'prod'): Template {
  const app = new App({ context: { ...context, 'aws:cdk:bundling-stacks': [] } })
  return Template.fromStack(
    new LedgerStack(app, `delivery-ledger-${stage}`, {
      configuration: readConfiguration(stage, { [stage]: { providers: ids, ...configuration } }),
    }),
  )
}
