import { schemasOf } from './json-schema.ts'
import { events, status } from './schemas.ts'

/** Raise it with each change; a test refuses one that breaks programs otherwise. */
const VERSION = '1.0.0'

const SUMMARIES: Record<keyof typeof events, string> = {
  StatusRecorded: 'A new record, in any order.',
  DeliveryChanged: 'A delivery stands elsewhere than before; `previousStatus` is null where it is new.',
  DeliveryOverdue: 'A delivery is overdue.',
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

const MESSAGES = Object.fromEntries(NAMES.map((name) => [name, { $ref: `#/components/messages/${name}` }]))

/** The topic's events in AsyncAPI 3.0; with `isClosed`, no object has other members than it names. */
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
  },
  operations: {
    publishEvents: {
      action: 'send',
      channel: { $ref: '#/channels/events' },
      messages: NAMES.map((name) => ({ $ref: `#/channels/events/messages/${name}` })),
    },
  },
  components: {
    messages: Object.fromEntries(
      NAMES.map((name) => [
        name,
        { name, summary: SUMMARIES[name], headers: HEADERS, payload: { $ref: `#/components/schemas/${name}` } },
      ]),
    ),
    schemas: schemasOf({ Status: status, ...events }, 'draft-07', isClosed),
  },
})
