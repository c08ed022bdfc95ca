import { schemasOf } from './json-schema.ts'
import { events, status, tested } from './schemas.ts'

/** Raise it with each change; a test refuses one that breaks programs otherwise. */
const VERSION = '1.1.0'

/** What an endpoint is sent, by the names that its document has. */
export const webhooks = { ...events, EndpointTested: tested }

/** What each event says. */
export const SUMMARIES: Record<keyof typeof webhooks, string> = {
  StatusRecorded: 'A new record, in any order.',
  DeliveryChanged: 'A delivery stands elsewhere than before; `previousStatus` is null where it is new.',
  DeliveryOverdue: 'A delivery is overdue.',
  EndpointTested: 'An operator tests the endpoint: `ledger endpoints test`.',
}

/** The attributes of a message, for filters. */
const HEADERS = {
  type: 'object',
  properties: Object.fromEntries(
    ['type', 'provider', 'channel', 'status', 'final', 'campaign'].map((name) => [name, { type: 'string' }]),
  ),
  required: ['type', 'provider', 'final'],
}

const NAMES = Object.keys(events) as (keyof typeof events)[]

const SENT = Object.keys(webhooks) as (keyof typeof webhooks)[]

const MESSAGES = Object.fromEntries(NAMES.map((name) => [name, { $ref: `#/components/messages/${name}` }]))

/** How a webhook proves itself: https://www.standardwebhooks.com */
const WEBHOOK_HEADERS = {
  type: 'object',
  properties: {
    'webhook-id': { type: 'string', description: 'The `id` of the event: the same for each attempt.' },
    'webhook-timestamp': { type: 'string', description: 'When the attempt was made, in seconds since 1970.' },
    'webhook-signature': {
      type: 'string',
      description:
        'One or two signatures, separated by a space: `v1,` and the base64 HMAC-SHA256 of `{webhook-id}.{webhook-timestamp}.{body}` with the bytes of the endpoint’s secret after `whsec_`.',
    },
  },
  required: ['webhook-id', 'webhook-timestamp', 'webhook-signature'],
}

/** The name of an event's message as a webhook. */
const webhookOf = (name: string) => `${name}Webhook`

/** The events of the topic and of webhooks in AsyncAPI 3.0; with `isClosed`, no object has other members than it names. */
export const asyncApi = (isClosed = false) => ({
  asyncapi: '3.0.0',
  info: {
    title: 'delivery-ledger',
    version: VERSION,
    description:
      'CloudEvents 1.0 in JSON, at least once, in any order: a repeat has the same `id`; of two events of one `subject`, the one with the greater `sequence` is the newer. Objects may get further members, and `Status` further words.',
    license: { name: 'Apache-2.0', url: 'https://www.apache.org/licenses/LICENSE-2.0' },
  },
  defaultContentType: 'application/json',
  channels: {
    events: {
      address: null,
      description: 'The SNS topic of the output `EventTopic`.',
      messages: MESSAGES,
    },
    eventBus: {
      address: null,
      description:
        'The event bus of the key `events.bus`: `detail` is the event, `detail-type` its `type`, `source` its `source`.',
      messages: MESSAGES,
    },
    webhooks: {
      address: null,
      description:
        'The URL of an endpoint of the key `webhooks`: a `POST` for each event that passes its filter. Answer 2xx within 15 seconds; 410 pauses the endpoint; anything else comes again.',
      messages: Object.fromEntries(
        SENT.map((name) => [webhookOf(name), { $ref: `#/components/messages/${webhookOf(name)}` }]),
      ),
    },
  },
  operations: {
    publishEvents: {
      action: 'send',
      channel: { $ref: '#/channels/events' },
      messages: NAMES.map((name) => ({ $ref: `#/channels/events/messages/${name}` })),
    },
    putEvents: {
      action: 'send',
      channel: { $ref: '#/channels/eventBus' },
      messages: NAMES.map((name) => ({ $ref: `#/channels/eventBus/messages/${name}` })),
    },
    sendWebhooks: {
      action: 'send',
      channel: { $ref: '#/channels/webhooks' },
      bindings: { http: { method: 'POST', bindingVersion: '0.3.0' } },
      messages: SENT.map((name) => ({ $ref: `#/channels/webhooks/messages/${webhookOf(name)}` })),
    },
  },
  components: {
    messages: Object.fromEntries(
      SENT.flatMap((name) => {
        const message = { summary: SUMMARIES[name], payload: { $ref: `#/components/schemas/${name}` } }
        return [
          ...(name in events ? [[name, { name, ...message, headers: HEADERS }]] : []),
          [webhookOf(name), { name: webhookOf(name), ...message, headers: WEBHOOK_HEADERS }],
        ]
      }),
    ),
    schemas: schemasOf({ Status: status, ...webhooks }, 'draft-07', isClosed),
  },
})
