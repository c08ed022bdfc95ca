import { type EventBridgeClient, PutEventsCommand, type PutEventsRequestEntry } from '@aws-sdk/client-eventbridge'
import type { RecipientForm } from '../domain/event.ts'
import { messageText } from '../domain/message-text.ts'
import { type Carrier, type Outlet, publishBy } from './publishing.ts'

/** An event bus of the user's. */
export interface EventBus {
  client: EventBridgeClient
  arn: string
}

/** What no other try can change: https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEventsResultEntry.html */
const REFUSALS = new Set(['InvalidArgument', 'MalformedDetail', 'RedactionFailure'])

/** An event bus as an outlet: a rule matches `detail-type`, the event's type, `source`, or anything of the event in `detail`. */
export function busOutlet(bus: EventBus, recipients: RecipientForm): Outlet {
  const carrier = carrierOf(bus)
  return { arn: bus.arn, recipients, publish: (events, deadline) => publishBy(carrier, events, deadline) }
}

const carrierOf = ({ client, arn }: EventBus): Carrier<PutEventsRequestEntry> => ({
  requestOf: (event) => ({
    EventBusName: arn,
    DetailType: event.type,
    Source: event.source,
    Detail: messageText(event),
  }),
  bytesOf: ({ DetailType = '', Source = '', Detail = '' }) => Buffer.byteLength(DetailType + Source + Detail),
  async send(batch) {
    // There is one for each event, in the same order.
    const { Entries = [] } = await client.send(new PutEventsCommand({ Entries: batch }))
    return new Map(
      Entries.flatMap(({ ErrorCode }, index) =>
        ErrorCode === undefined ? [] : [[index, { cause: ErrorCode, isRefused: REFUSALS.has(ErrorCode) }] as const],
      ),
    )
  },
})
