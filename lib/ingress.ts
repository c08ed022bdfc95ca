import { CfnOutput, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib'
import { AccessLogFormat } from 'aws-cdk-lib/aws-apigateway'
import { DomainName, HttpApi, HttpMethod, LogGroupLogDestination } from 'aws-cdk-lib/aws-apigatewayv2'
import { HttpIamAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2-authorizers'
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations'
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager'
import { type Metric, Stats } from 'aws-cdk-lib/aws-cloudwatch'
import { FilterPattern, type IFilterPattern, LogGroup } from 'aws-cdk-lib/aws-logs'
import { Secret } from 'aws-cdk-lib/aws-secretsmanager'
import { Construct } from 'constructs'
import { type Provider, providerName } from '../functions/domain/provider.ts'
import { resourceName } from '../functions/domain/source.ts'
import { QUERY_ROUTES } from '../functions/query/routes.ts'
import { acknowledgeOpenRoute } from './acknowledgements.ts'
import type { Configuration } from './configuration.ts'
import type { Deliveries } from './deliveries.ts'
import { grantUse } from './encryption.ts'
import { allow, CATALOGUE, LedgerFunction, type LedgerFunctionProps } from './lambda.ts'
import type { LedgerTables } from './ledger-table.ts'
import { NAMESPACE } from './metrics.ts'
import type { Pipeline } from './pipeline.ts'
import { GENERATED_KEY } from './secret.ts'

/** The inputs of the ingress. */
export interface IngressProps {
  configuration: Configuration
  providers: readonly Provider[]
  pipeline: Pipeline
  tables: LedgerTables
  deliveries: Deliveries
  shared: Pick<LedgerFunctionProps, 'logRetention' | 'serviceName' | 'encryptionKey'>
}

/** The fields of the access log: no query string, which may hold a key, and no path, which may hold an id. */
const ACCESS_LOG = {
  id: '$context.requestId',
  route: '$context.routeKey',
  status: '$context.status',
  ms: '$context.responseLatency',
  error: '$context.integrationErrorMessage',
}

/** The HTTP API: for each provider its routes, its receiver and its secret; the query API under IAM authorization. */
export class Ingress extends Construct {
  readonly api: HttpApi
  /** By the name of the provider, or of its account. */
  readonly receivers: Record<string, LedgerFunction>
  readonly query: LedgerFunction
  /** Requests that API Gateway answers itself (429, 404), so that no function counts them; undefined without metric filters. */
  readonly unserved: { throttled: Metric; notFound: Metric } | undefined

  constructor(scope: Construct, id: string, props: IngressProps) {
    super(scope, id)
    const { configuration, providers, shared } = props
    this.api = new HttpApi(this, 'Api', {
      apiName: shared.serviceName,
      createDefaultStage: false,
      disableExecuteApiEndpoint: configuration.customDomain?.exclusive === true,
    })
    const accessLog = this.createAccessLog(shared)
    const url = this.addStage(configuration, accessLog)
    this.unserved = configuration.plainAlarmsOnly ? undefined : countUnserved(accessLog, shared.serviceName)
    this.receivers = Object.fromEntries(
      providers.map((provider) => [providerName(provider), this.addReceiver(provider, url, props)]),
    )
    this.query = this.addQuery(props)
    new CfnOutput(Stack.of(this), 'QueryUrl', {
      value: `${url}/v1`,
      description: 'The query API; requests are IAM-signed',
    })
    if (configuration.publicUrl !== undefined)
      new CfnOutput(Stack.of(this), 'PublicUrl', {
        value: configuration.publicUrl,
        description: 'The URL that providers call, and that some sign',
      })
  }

  private createAccessLog({ logRetention, encryptionKey, serviceName }: IngressProps['shared']): LogGroup {
    return new LogGroup(this, 'AccessLog', {
      // API Gateway adds each group with another name to a policy of the account, which is limited to 5,120 characters:
      // https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/AWS-logs-and-resource-policy.html
      logGroupName: `/aws/vendedlogs/${serviceName}/access`,
      retention: logRetention,
      removalPolicy: RemovalPolicy.DESTROY,
      ...(encryptionKey && { encryptionKey }),
    })
  }

  /** Gives the URL that callers use, without a slash at its end. */
  private addStage({ throttle, customDomain }: Configuration, accessLog: LogGroup): string {
    const domainName =
      customDomain &&
      new DomainName(this, 'Domain', {
        domainName: customDomain.domainName,
        certificate: Certificate.fromCertificateArn(this, 'Certificate', customDomain.certificateArn),
      })
    this.api.addStage('Stage', {
      stageName: '$default',
      autoDeploy: true,
      throttle: { rateLimit: throttle.rate, burstLimit: throttle.burst },
      accessLogSettings: {
        destination: new LogGroupLogDestination(accessLog),
        format: AccessLogFormat.custom(JSON.stringify(ACCESS_LOG)),
      },
      ...(domainName && { domainMapping: { domainName } }),
    })
    if (domainName === undefined || customDomain === undefined) return this.api.apiEndpoint
    const stack = Stack.of(this)
    new CfnOutput(stack, 'CustomDomainTarget', { value: domainName.regionalDomainName })
    new CfnOutput(stack, 'CustomDomainZone', { value: domainName.regionalHostedZoneId })
    return `https://${customDomain.domainName}`
  }

  private addReceiver(
    provider: Provider,
    url: string,
    { configuration: { publicUrl = url }, pipeline, shared }: IngressProps,
  ): LedgerFunction {
    const source = providerName(provider)
    const name = resourceName(source)
    const secret = new Secret(this, `${name}Secret`, {
      description: `delivery-ledger: the current and the previous key of ${source}`,
      generateSecretString: GENERATED_KEY,
      ...(shared.encryptionKey && { encryptionKey: shared.encryptionKey }),
    })
    const receiver = new LedgerFunction(this, `${name}Receiver`, {
      ...shared,
      entry: 'receiver',
      provider: provider.id,
      description: `Takes callbacks of ${source}`,
      memory: 256,
      timeout: 10,
      environment: {
        PROVIDER: source,
        PUBLIC_URL: publicUrl,
        SECRET_ID: secret.secretArn,
        QUEUE_URL: pipeline.queue.queueUrl,
      },
    })
    allow(receiver, ['sqs:SendMessage'], pipeline.queue.queueArn)
    allow(receiver, ['secretsmanager:GetSecretValue'], secret.secretArn)
    grantUse(shared.encryptionKey, receiver)
    const integration = new HttpLambdaIntegration(`${name}Integration`, receiver)
    // The receiver itself answers a wrong method, with the allowed ones.
    for (const { path } of provider.routes) {
      for (const route of this.api.addRoutes({ path, methods: [HttpMethod.ANY], integration }))
        acknowledgeOpenRoute(route)
    }

    const paths = provider.routes.map(({ path }) => `${publicUrl}${path}`).join(' or ')
    new CfnOutput(Stack.of(this), `${name}CallbackUrl`, {
      value: paths,
      description: `What to give to ${source} as callback URL`,
    })
    new CfnOutput(Stack.of(this), `${name}SecretCommand`, { value: secretCommand(provider, secret.secretArn) })
    return receiver
  }

  private addQuery({ configuration, pipeline, tables, deliveries, shared }: IngressProps): LedgerFunction {
    const query = new LedgerFunction(this, 'Query', {
      ...shared,
      entry: 'query',
      description: 'Reads the ledger, the deliveries and the quarantine, replays, and keeps what senders expect',
      memory: 256,
      timeout: 20,
      environment: {
        ...deliveries.environment,
        CATALOGUE,
        LEDGER_TABLE: tables.ledger.tableName,
        QUARANTINE_TABLE: tables.quarantine.tableName,
        QUEUE_URL: pipeline.queue.queueUrl,
      },
    })
    allow(query, ['dynamodb:Query'], tables.ledger.tableArn)
    allow(query, ['dynamodb:Query', 'dynamodb:GetItem'], tables.quarantine.tableArn)
    allow(query, ['sqs:SendMessage'], pipeline.queue.queueArn)
    deliveries.allowLookUps(query)
    if (configuration.expectations) deliveries.allowExpectations(query)
    grantUse(shared.encryptionKey, query)
    const integration = new HttpLambdaIntegration('QueryIntegration', query)
    for (const key of QUERY_ROUTES) {
      const [method, path = ''] = key.split(' ')
      this.api.addRoutes({ path, methods: [method as HttpMethod], integration, authorizer: new HttpIamAuthorizer() })
    }
    return query
  }
}

function countUnserved(accessLog: LogGroup, serviceName: string) {
  const status = (code: string) => FilterPattern.stringValue('$.status', '=', code)
  // A receiver never answers 404; the query API does, for an unknown message.
  const isNoQuery = FilterPattern.stringValue('$.route', '!=', '* /v1/*')
  // Metrics of a filter have no dimensions, so the namespace names the stack.
  const metricNamespace = `${NAMESPACE}/${serviceName}`
  const count = (id: string, metricName: string, filterPattern: IFilterPattern) =>
    accessLog
      .addMetricFilter(id, { filterPattern, metricNamespace, metricName })
      .metric({ statistic: Stats.SUM, period: Duration.minutes(5) })
  return {
    throttled: count('Throttled', 'throttled', status('429')),
    notFound: count('NotFound', 'notFound', FilterPattern.all(status('404'), isNoQuery)),
  }
}

/** The command that reads our key, to give it to the provider, or that stores the provider's key. */
const secretCommand = ({ keyIssuer, secret }: Provider, arn: string): string => {
  if (keyIssuer === 'ledger')
    return `aws secretsmanager get-secret-value --secret-id ${arn} --query SecretString --output text`
  const members = Object.entries(secret).map(([name, words]) => [name, `<${words}>`])
  return `aws secretsmanager put-secret-value --secret-id ${arn} --secret-string '${JSON.stringify(Object.fromEntries(members))}'`
}
