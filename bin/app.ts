import { App, Validations } from 'aws-cdk-lib'
import { AwsSolutionsChecks, ServerlessChecks } from 'cdk-nag'
import { readConfiguration } from '../lib/configuration.ts'
import { LedgerStack } from '../lib/ledger-stack.ts'

const app = new App()
const stage: string = app.node.tryGetContext('stage') ?? 'prod'
const configuration = readConfiguration(stage, app.node.tryGetContext('stages'))
new LedgerStack(app, `delivery-ledger-${stage}`, { configuration, description: 'delivery-ledger' })
Validations.of(app).addPlugins(new AwsSolutionsChecks(app), new ServerlessChecks(app))
