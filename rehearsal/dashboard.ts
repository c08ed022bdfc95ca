import { GetDashboardCommand } from '@aws-sdk/client-cloudwatch'
import { InvokeCommand } from '@aws-sdk/client-lambda'
import type { Deployment } from './deployment.ts'

/** What a custom widget is made of, as the deployed dashboard has it. */
interface Properties {
  endpoint: string
  params: { show: string; functions: Record<string, string> }
}

/** All widgets of the deployed dashboard. */
export async function readWidgets({
  cloudWatch,
  idOf,
}: Deployment): Promise<{ type: string; properties: Properties }[]> {
  const { DashboardBody = '{}' } = await cloudWatch.send(
    new GetDashboardCommand({ DashboardName: idOf('AWS::CloudWatch::Dashboard', 'OperationsDashboard') }),
  )
  return JSON.parse(DashboardBody).widgets
}

/** Calls a custom widget as the dashboard does, with the values of its form; gives its HTML. */
export async function callWidget(deployment: Deployment, show: string, forms: Record<string, string> = {}) {
  const widget = (await readWidgets(deployment)).find(({ properties }) => properties.params?.show === show)
  if (widget === undefined) throw new Error(`expected a widget that shows ${show}`)
  const { endpoint, params } = widget.properties
  return call(deployment, endpoint, params, params, forms)
}

/** Calls the function of the last such action in a widget's HTML, with that action's parameters. */
export async function chooseAction(deployment: Deployment, html: string, right: string) {
  const [widget] = (await readWidgets(deployment)).filter(({ type }) => type === 'custom')
  const params = widget?.properties.params ?? { show: '', functions: {} }
  const actions = [...html.matchAll(/<cwdb-action [^>]*endpoint="([^"]*)"[^>]*>(.*?)<\/cwdb-action>/g)]
  const [, endpoint, parameters] = actions.findLast(([, endpoint]) => endpoint === params.functions[right]) ?? []
  if (endpoint === undefined) throw new Error(`expected an action of ${right}`)
  return call(deployment, endpoint, params, JSON.parse(parameters ?? '{}'), {})
}

async function call(
  { lambda }: Deployment,
  endpoint: string,
  params: object,
  own: object,
  all: object,
): Promise<string> {
  const now = Date.now()
  const widgetContext = {
    params,
    forms: { all },
    theme: 'light',
    width: 700,
    timeRange: { start: now - 3_600_000, end: now },
  }
  const { Payload, FunctionError } = await lambda.send(
    new InvokeCommand({ FunctionName: endpoint, Payload: JSON.stringify({ ...own, widgetContext }) }),
  )
  const text = Payload?.transformToString() ?? ''
  if (FunctionError !== undefined) throw new Error(`${endpoint}: ${text}`)
  return text.startsWith('"') ? JSON.parse(text) : text
}
