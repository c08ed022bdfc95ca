import { join } from 'node:path'
import { Duration, RemovalPolicy } from 'aws-cdk-lib'
import {
  type AddToPrincipalPolicyResult,
  PolicyDocument,
  PolicyStatement,
  Role,
  ServicePrincipal,
} from 'aws-cdk-lib/aws-iam'
import type { Key } from 'aws-cdk-lib/aws-kms'
import { ApplicationLogLevel, Architecture, LoggingFormat, Runtime, SystemLogLevel } from 'aws-cdk-lib/aws-lambda'
import { NodejsFunction, OutputFormat } from 'aws-cdk-lib/aws-lambda-nodejs'
import { LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs'
import type { Construct } from 'constructs'
import { providers } from '../functions/providers/index.ts'
import { aliasesOf, BUNDLING, type Entry, externalOf, ROOT } from './bundling.ts'

/** The ids of all providers, for functions that need only their names: records of a provider that is no longer enabled are still shown. */
export const CATALOGUE = providers.map(({ id }) => id).join()

/** Options of a function. */
export interface LedgerFunctionProps {
  /** The folder of functions/ whose handler.ts it runs. */
  entry: Entry
  /** The provider of a receiver: its bundle holds the code of no other. */
  provider?: string
  description: string
  environment: Record<string, string>
  /** Megabytes. */
  memory: number
  /** Seconds. */
  timeout: number
  logRetention: RetentionDays
  serviceName: string
  encryptionKey?: Key | undefined
}

/** A Lambda function with our defaults: arm64, Node 24, JSON logs in its own log group, and the right to log only. */
export class LedgerFunction extends NodejsFunction {
  constructor(scope: Construct, id: string, props: LedgerFunctionProps) {
    const logGroup = new LogGroup(scope, `${id}Logs`, {
      retention: props.logRetention,
      removalPolicy: RemovalPolicy.DESTROY,
      ...(props.encryptionKey && { encryptionKey: props.encryptionKey }),
    })
    const role = new FunctionRole(scope, `${id}Role`)
    super(scope, id, {
      entry: join(ROOT, 'functions', props.entry, 'handler.ts'),
      handler: 'start.handler',
      depsLockFilePath: join(ROOT, 'package-lock.json'),
      projectRoot: ROOT,
      description: props.description,
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      memorySize: props.memory,
      timeout: Duration.seconds(props.timeout),
      role,
      logGroup,
      loggingFormat: LoggingFormat.JSON,
      systemLogLevelV2: SystemLogLevel.WARN,
      applicationLogLevelV2: ApplicationLogLevel.INFO,
      environment: { ...props.environment, POWERTOOLS_SERVICE_NAME: props.serviceName },
      bundling: {
        format: OutputFormat.CJS,
        target: BUNDLING.target,
        mainFields: BUNDLING.mainFields,
        minify: BUNDLING.minify,
        esbuildArgs: Object.fromEntries(
          Object.entries(aliasesOf(props.provider)).map(([name, file]) => [`--alias:${name}`, file]),
        ),
        externalModules: externalOf(props.entry),
        commandHooks: {
          beforeInstall: () => [],
          beforeBundling: () => [],
          afterBundling: (root, output) => [
            copyCommand(join(root, 'functions', 'start.mjs'), join(output, 'start.mjs')),
          ],
        },
      },
    })
    logGroup.grantWrite(role)
  }
}

/** The role of a function, with its rights inside: a policy beside it would be one more of the 500 resources of a stack. */
class FunctionRole extends Role {
  private readonly rights: PolicyDocument

  constructor(scope: Construct, id: string) {
    const rights = new PolicyDocument()
    super(scope, id, { assumedBy: new ServicePrincipal('lambda.amazonaws.com'), inlinePolicies: { Rights: rights } })
    this.rights = rights
  }

  override addToPrincipalPolicy(statement: PolicyStatement): AddToPrincipalPolicyResult {
    this.rights.addStatements(statement)
    return { statementAdded: true, policyDependable: this }
  }
}

/** For any shell. */
const copyCommand = (from: string, to: string) =>
  `node -e "require('node:fs').copyFileSync(...process.argv.slice(1))" "${from}" "${to}"`

/** Allows a function actions on one resource. */
export const allow = (lambda: NodejsFunction, actions: string[], resource: string): void =>
  lambda.addToRolePolicy(new PolicyStatement({ actions, resources: [resource] }))
