import { kindOf } from '../functions/domain/standing.ts'
import { STATUSES, type Status } from '../functions/domain/status.ts'
import { expectation, expectations } from '../functions/query/expectations.ts'
import { SUMMARIES, webhooks } from './asyncapi.ts'
import { schemasOf } from './json-schema.ts'
import { answers } from './schemas.ts'

/** Raise it with each change; a test refuses one that breaks programs otherwise. */
const VERSION = '1.1.0'

const FAILURES = (Object.keys(STATUSES) as Status[]).filter((status) => kindOf(status) === 'failure')

const TEXT = { type: 'string' }

const query = (name: string, description: string, schema: object = TEXT, required = false) => ({
  name,
  in: 'query',
  description,
  ...(required && { required }),
  schema,
})

const path = (name: string, description: string) => ({ name, in: 'path', description, required: true, schema: TEXT })

const PROVIDER = 'The id of a provider: `octopush`.'
const MESSAGE = 'The id that the provider gave to the message.'

const page = (of: string, initial: number) => [
  query('limit', `How many ${of} a page has at most.`, {
    type: 'integer',
    minimum: 1,
    maximum: 1000,
    default: initial,
  }),
  query('cursor', 'The `cursor` of the page before, of the same query.'),
]

const ACCOUNT = query(
  'account',
  'Of several accounts with the provider, which one; without it, the one without a name.',
)

const MESSAGE_PAGE = [
  ACCOUNT,
  query('recipient', 'Only this recipient; a plus sign as `%2B`.'),
  ...page('records', 200),
]

const json = (description: string, name: string, type = 'application/json') => ({
  description,
  content: { [type]: { schema: { $ref: `#/components/schemas/${name}` } } },
})

const problem = (description: string) => json(description, 'Problem', 'application/problem+json')

const PROBLEMS = {
  400: problem('Something in the request is not as expected; `detail` names it.'),
  404: problem('Nothing is kept under that id.'),
  409: problem('The body of the callback is incomplete, so it cannot be replayed.'),
  503: problem('A part cannot be reached; send the same request again after `Retry-After` seconds.'),
}

/** The answers of an operation: its own, its problems, and what any may be answered. */
const responses = (own: object, ...problems: (keyof typeof PROBLEMS)[]) => ({
  ...own,
  ...Object.fromEntries(problems.map((status) => [status, PROBLEMS[status]])),
  403: json('Not signed, or not allowed: the answer of API Gateway.', 'Refusal'),
  429: json('Too many requests: the answer of API Gateway.', 'Refusal'),
  500: problem('An internal error; send the request again.'),
})

const body = (name: string) => ({
  required: true,
  content: { 'application/json': { schema: { $ref: `#/components/schemas/${name}` } } },
})

const PATHS = {
  '/v1/messages': {
    get: {
      operationId: 'findMessage',
      summary: 'The deliveries of a message, for ids with `?` or `%`',
      parameters: [query('provider', PROVIDER, TEXT, true), query('messageId', MESSAGE, TEXT, true), ...MESSAGE_PAGE],
      responses: responses({ 200: json('The deliveries of the message.', 'Message') }, 400, 404),
    },
  },
  '/v1/messages/{provider}/{messageId}': {
    get: {
      operationId: 'showMessage',
      summary: 'The deliveries of a message, each with its history',
      parameters: [path('provider', PROVIDER), path('messageId', MESSAGE), ...MESSAGE_PAGE],
      responses: responses({ 200: json('The deliveries of the message.', 'Message') }, 400, 404),
    },
  },
  '/v1/deliveries': {
    get: {
      operationId: 'listDeliveries',
      summary: 'Deliveries that answer one question, newest first',
      description: 'One of `recipient`, `reference`, `campaign`, `status` and `overdue`. The stage switches each on.',
      parameters: [
        query('recipient', 'Of this recipient, in any usual spelling; a plus sign as `%2B`.'),
        query('reference', 'With this reference of the sender.'),
        query('campaign', 'Of this campaign.'),
        query('status', 'That failed so, on `day`, by `provider`.', { type: 'string', enum: FAILURES }),
        query('overdue', 'That are overdue, by `provider`.', { type: 'string', const: 'true' }),
        query('provider', 'With `status` or `overdue`.'),
        query('day', 'With `status`: a date in UTC, by default today.', { type: 'string', format: 'date' }),
        ...page('deliveries', 200),
      ],
      responses: responses({ 200: json('A page of deliveries.', 'Deliveries') }, 400),
    },
  },
  '/v1/expectations': {
    put: {
      operationId: 'putExpectations',
      summary: 'Says that messages were sent: all are kept, or none where one is not as expected',
      requestBody: body('Expectations'),
      responses: responses({ 204: { description: 'Kept.' } }, 400, 503),
    },
  },
  '/v1/expectations/{provider}/{messageId}': {
    put: {
      operationId: 'putExpectation',
      summary: 'Says that a message was sent, any number of times',
      parameters: [path('provider', PROVIDER), path('messageId', MESSAGE), ACCOUNT],
      requestBody: body('Expectation'),
      responses: responses({ 204: { description: 'Kept.' } }, 400, 503),
    },
  },
  '/v1/quarantine': {
    get: {
      operationId: 'listQuarantine',
      summary: 'Callbacks that could not be read, newest first',
      parameters: [query('provider', 'Only of this provider.'), ...page('callbacks', 50)],
      responses: responses({ 200: json('A page of callbacks.', 'Quarantine') }, 400),
    },
  },
  '/v1/quarantine/{id}/replay': {
    post: {
      operationId: 'replay',
      summary: 'Puts a callback back into the queue',
      parameters: [path('id', 'The `id` of a quarantined callback.')],
      responses: responses({ 202: json('It is in the queue.', 'Replayed') }, 404, 409, 503),
    },
  },
  '/v1/openapi.json': {
    get: {
      operationId: 'describe',
      summary: 'This document',
      responses: responses({
        200: { description: 'OpenAPI 3.1.', content: { 'application/json': { schema: { type: 'object' } } } },
      }),
    },
  },
}

const header = (name: string, description: string) => ({
  name,
  in: 'header',
  description,
  required: true,
  schema: TEXT,
})

/** What an endpoint is sent: https://www.standardwebhooks.com */
const WEBHOOKS = Object.fromEntries(
  Object.entries(SUMMARIES).map(([name, summary]) => [
    name,
    {
      post: {
        operationId: `receive${name}`,
        summary,
        security: [],
        parameters: [
          header('webhook-id', 'The `id` of the event: the same for each attempt.'),
          header('webhook-timestamp', 'When the attempt was made, in seconds since 1970.'),
          header(
            'webhook-signature',
            'One or two signatures, separated by a space: `v1,` and the base64 HMAC-SHA256 of `{webhook-id}.{webhook-timestamp}.{body}` with the bytes of the endpoint’s secret after `whsec_`.',
          ),
        ],
        requestBody: body(name),
        responses: {
          '2XX': { description: 'Taken; answer within 15 seconds.' },
          410: { description: 'No more events: the endpoint is paused.' },
          429: { description: 'Too many: the event comes again as `Retry-After` says.' },
          503: { description: 'Away: the event comes again as `Retry-After` says.' },
          default: { description: 'The event comes again, for 14 days. Redirects are not followed.' },
        },
      },
    },
  ]),
)

/** The query API and the webhooks in OpenAPI 3.1; with `isClosed`, no object has other members than it names. */
export function openApi(isClosed = false) {
  const { Expectation = {}, Expectations = {} } = schemasOf(
    { Expectation: expectation, Expectations: expectations },
    'draft-2020-12',
    true,
  )
  // JSON Schema has no word for the offset that the code demands.
  for (const { properties } of [Expectation, Expectations.items as typeof Expectation])
    Object.assign(properties?.sentAt as object, { format: 'date-time' })
  return {
    openapi: '3.1.0',
    info: {
      title: 'delivery-ledger',
      version: VERSION,
      description:
        'Reads the ledger, says what was sent, replays the quarantine. Objects of an answer may get further members, and `Status` further words.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/', description: 'Where this document is.' }],
    security: [{ signatureV4: [] }],
    paths: PATHS,
    webhooks: WEBHOOKS,
    components: {
      securitySchemes: {
        signatureV4: {
          type: 'apiKey',
          name: 'Authorization',
          in: 'header',
          description: 'AWS Signature Version 4 for the service `execute-api`. The local stack needs none.',
          'x-amazon-apigateway-authtype': 'awsSigv4',
        },
      },
      schemas: { ...schemasOf({ ...answers, ...webhooks }, 'draft-2020-12', isClosed), Expectation, Expectations },
    },
  }
}
