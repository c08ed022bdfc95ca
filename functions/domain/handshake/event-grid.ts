import { type Answer, type Handshake, json } from '../provider.ts'
import type { Request } from '../request.ts'

/**
 * The two questions of Azure Event Grid, by the schema of the subscription; the key stands in the URL by then. A validation event
 * is answered with its code: https://learn.microsoft.com/azure/event-grid/webhook-event-delivery. CloudEvents asks with `OPTIONS`
 * whether it may send: https://github.com/cloudevents/spec/blob/v1.0/http-webhook.md#4-abuse-protection
 */
export const eventGrid: Handshake = {
  asked: 'after the proof',
  answer: (request) => permissionFor(request) ?? validationOf(request),
}

function permissionFor({ method, headers }: Request): Answer | undefined {
  const origin = headers['webhook-request-origin']
  if (method !== 'OPTIONS' || !origin) return undefined
  return {
    headers: {
      allow: 'OPTIONS, POST',
      'webhook-allowed-origin': origin,
      ...(headers['webhook-request-rate'] && { 'webhook-allowed-rate': '*' }),
    },
  }
}

function validationOf({ headers, body }: Request): Answer | undefined {
  if (headers['aeg-event-type'] !== 'SubscriptionValidation') return undefined
  const validationResponse = codeIn(body)
  return typeof validationResponse === 'string' ? json({ validationResponse }) : undefined
}

function codeIn(body: Buffer): unknown {
  try {
    return [JSON.parse(body.toString())].flat()[0]?.data?.validationCode
  } catch {
    return undefined
  }
}
