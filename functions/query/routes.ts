/**
 * The query API's route keys. A message id in a path may hold a slash, which API Gateway decodes before it routes: hence the
 * plus. What a path cannot carry (it is cut at `?` and decoded twice), the query string can.
 */
export const QUERY_ROUTES = [
  'GET /v1/messages',
  'GET /v1/messages/{provider}/{messageId+}',
  'GET /v1/deliveries',
  'PUT /v1/expectations',
  'PUT /v1/expectations/{provider}/{messageId+}',
  'GET /v1/quarantine',
  'POST /v1/quarantine/{id}/replay',
  'GET /v1/openapi.json',
] as const
