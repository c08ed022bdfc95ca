import { App, Validations } from 'aws-cdk-lib'
import { AwsSolutionsChecks, ServerlessChecks } from 'cdk-nag'
import { type Configuration, readConfiguration, refuseOptions } from '../lib/configuration.ts'
import { LedgerStack } from '../lib/ledger-stack.ts'

const app = new App()
const stage: string = app.node.tryGetContext('stage') ?? 'prod'
new LedgerStack(app, `delivery-ledger-${stage}`, { configuration: configured(), description: 'delivery-ledger' })
Validations.of(app).addPlugins(new AwsSolutionsChecks(app), new ServerlessChecks(app))

/** The user fixes a mistake in the configuration by its text; a stack trace would not help. */
function configured(): Configuration {
  try {
    refuseOptions(stage, app.node.getAllContext())
    return readConfiguration(stage, app.node.tryGetContext('stages'), app.node.tryGetContext('providers'))
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n`)
    process.exit(1)
  }
}
