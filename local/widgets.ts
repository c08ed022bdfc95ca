import { createConsole } from '../functions/console/console.ts'
import type { Desk } from '../functions/console/desk.ts'
import { RIGHTS } from '../functions/console/view.ts'
import { TOLD_WIDGET, updateOn, WIDGETS } from '../functions/console/widgets.ts'
import { consoleRoutes } from './cloudwatch.ts'
import type { GatewayRoute } from './gateway.ts'

const arnOf = (right: string): string => `arn:aws:lambda:local:000000000000:function:${right}`

/** The console on a page of its own (`GET /`): the same functions as in the cloud, and the same widgets. */
export function widgetRoutes(desk: Desk): GatewayRoute[] {
  const functions = Object.fromEntries(
    RIGHTS.map((right) => {
      const invoke = createConsole(desk, right)
      return [right, (event: object) => invoke(event, { awsRequestId: crypto.randomUUID() })]
    }),
  )
  const arns = Object.fromEntries(RIGHTS.map((right) => [right, arnOf(right)]))
  const shown = desk.webhooks === undefined ? WIDGETS : [...WIDGETS, TOLD_WIDGET]
  const widgets = shown.map(({ title, show, ...place }) => ({
    type: 'custom' as const,
    ...place,
    properties: {
      endpoint: arnOf('view'),
      title,
      params: { show, functions: arns },
      updateOn: { ...updateOn(show), refresh: true },
    },
  }))
  return consoleRoutes({ dashboard: { widgets }, functions })
}
