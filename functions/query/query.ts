import middy from '@middy/core'
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda'
import openApi from '#openapi' with { type: 'json' }
import type { Deliveries } from '../platform/delivery-table.ts'
import { Problem, problemResponses } from '../platform/problem.ts'
import type { Queue } from '../platform/queue.ts'
import type { Table } from '../platform/table.ts'
import type { Telemetry } from '../platform/telemetry.ts'
import { listDeliveries } from './deliveries.ts'
import { putExpectation, putExpectations } from './expectations.ts'
import { showMessage } from './messages.ts'
import { checkQueryString, rejectUnknown } from './parameters.ts'
import { listQuarantine, replay } from './quarantine.ts'
import type { QUERY_ROUTES } from './routes.ts'

/** The dependencies of the query API. */
export interface Desk {
  /** The ids of the catalogue's providers. */
  providers: readonly string[]
  ledger: Table
  quarantine: Table
  deliveries: Deliveries
  queue: Queue
  telemetry: Pick<Telemetry, 'followed' | 'unexpected'>
}

/** What may be asked of a message. A mistyped `account` would be answered with the message of another one. */
const OF_A_MESSAGE = ['account', 'recipient', 'limit', 'cursor']

/** The handler of the query API: what other services and operators read. */
export function createQuery(desk: Desk) {
  return middy<APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2>()
    .use(problemResponses(desk.telemetry.unexpected))
    .handler((event) => answer(desk, event))
}

async function answer(desk: Desk, event: APIGatewayProxyEventV2): Promise<APIGatewayProxyStructuredResultV2> {
  // AWS leaves out what is empty; proxies and emulators send null.
  const pathParameters = event.pathParameters ?? {}
  const queryStringParameters = event.queryStringParameters ?? {}
  checkQueryString(event.rawQueryString)
  switch (event.routeKey as (typeof QUERY_ROUTES)[number]) {
    case 'GET /v1/messages':
      rejectUnknown(['provider', 'messageId', ...OF_A_MESSAGE], queryStringParameters)
      return json(200, await showMessage(desk.ledger, queryStringParameters, queryStringParameters, desk.providers))
    case 'GET /v1/messages/{provider}/{messageId+}':
      rejectUnknown(OF_A_MESSAGE, queryStringParameters)
      return json(200, await showMessage(desk.ledger, pathParameters, queryStringParameters, desk.providers))
    case 'GET /v1/deliveries':
      return json(200, await listDeliveries(desk, queryStringParameters))
    case 'PUT /v1/expectations':
      await putExpectations(desk, bodyOf(event))
      return { statusCode: 204 }
    case 'PUT /v1/expectations/{provider}/{messageId+}':
      rejectUnknown(['account'], queryStringParameters)
      await putExpectation(desk, pathParameters, queryStringParameters, bodyOf(event))
      return { statusCode: 204 }
    case 'GET /v1/quarantine':
      return json(200, await listQuarantine(desk.quarantine, desk.providers, queryStringParameters))
    case 'POST /v1/quarantine/{id}/replay':
      return json(202, await replay(desk.quarantine, desk.queue, pathParameters))
    case 'GET /v1/openapi.json':
      return json(200, openApi)
    default:
      throw new Problem(404, 'There is nothing here.')
  }
}

const bodyOf = ({ body = '', isBase64Encoded }: APIGatewayProxyEventV2): Buffer =>
  Buffer.from(body, isBase64Encoded ? 'base64' : 'utf8')

const json = (statusCode: number, body: object): APIGatewayProxyStructuredResultV2 => ({
  statusCode,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
})
