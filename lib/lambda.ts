import { fileURLToPath } from 'node:url'
import { Duration, RemovalPolicy } from 'aws-cdk-lib'
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import type { Key } from 'aws-cdk-lib/aws-kms'
import { ApplicationLogLevel, Architecture, LoggingFormat, Runtime, SystemLogLevel } from 'aws-cdk-lib/aws-lambda'
import { NodejsFunction, OutputFormat } from 'aws-cdk-lib/aws-lambda-nodejs'
import { LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs'
import type { Construct } from 'constructs'

/** What a function of ours may have differently. */
export interface LedgerFunctionProps {
  /** The folder of functions/ whose handler.ts it runs. */
  entry: 'receiver' | 'worker' | 'query'
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

const path = (file: string) => fileURLToPath(new URL(`../${file}`, import.meta.url))

/** A Lambda function with the house's defaults: arm64, Node 24, JSON logs in a group of its own, and no rights but to log. */
export class LedgerFunction extends NodejsFunction {
  constructor(scope: Construct, id: string, props: LedgerFunctionProps) {
    const logGroup = new LogGroup(scope, `${id}Logs`, {
      retention: props.logRetention,
      removalPolicy: RemovalPolicy.DESTROY,
      ...(props.encryptionKey && { encryptionKey: props.encryptionKey }),
    })
    const role = new Role(scope, `${id}Role`, { assumedBy: new ServicePrincipal('lambda.amazonaws.com') })
    super(scope, id, {
      entry: path(`functions/${props.entry}/handler.ts`),
      depsLockFilePath: path('package-lock.json'),
      projectRoot: path('.'),
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
        // CommonJS: an ES module that imports node:http costs a whole start more, https://github.com/nodejs/node/issues/59686
        format: OutputFormat.CJS,
        target: 'node24',
        mainFields: ['module', 'main'],
        minify: true,
        esbuildArgs: { '--alias:@aws-sdk/credential-provider-node': path('functions/platform/credentials.ts') },
        externalModules: [
          // The SDK loads it for calls that stream events; we make none.
          '@smithy/core/event-streams',
          // Only the worker maps payloads; the others never load that half of a provider, nor zod with it.
          ...(props.entry === 'worker' ? [] : ['*/normalizer.ts']),
        ],
      },
    })
    logGroup.grantWrite(role)
  }
}

/** Gives a function a right to one resource. */
export const allow = (lambda: NodejsFunction, actions: string[], resource: string): void =>
  lambda.addToRolePolicy(new PolicyStatement({ actions, resources: [resource] }))
