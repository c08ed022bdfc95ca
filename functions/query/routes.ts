/** The query API's route keys; the path parameters are in braces. */
export const QUERY_ROUTES = [
  'GET /v1/messages/{provider}/{messageId}',
  'GET /v1/quarantine',
  'POST /v1/quarantine/{id}/replay',
] as const
