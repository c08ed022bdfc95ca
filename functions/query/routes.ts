/** The query API's route keys. A message id may hold a slash, which API Gateway decodes before it routes: hence the plus. */
export const QUERY_ROUTES = [
  'GET /v1/messages/{provider}/{messageId+}',
  'GET /v1/quarantine',
  'POST /v1/quarantine/{id}/replay',
] as const
