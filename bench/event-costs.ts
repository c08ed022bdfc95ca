import { recordedEvent } from '../functions/domain/event.ts'
import { recordKey } from '../functions/domain/key.ts'
import { messageText } from '../functions/domain/message-text.ts'
import type { StatusRecord } from '../functions/domain/status.ts'
import type { AssumedOfEvents } from './cost-inputs.ts'
import { PRICES } from './prices.ts'

/** What is assumed, since it needs AWS, or users, to measure it. */
export const ASSUMED_OF_EVENTS: AssumedOfEvents = {
  /** A record, and that its delivery stands elsewhere. */
  events: 2,
  publisher: { batchMs: 30, eventMs: 0.5, gigabytes: 0.5 },
  /** As long as the slowest of ten answers takes. */
  sender: { batchMs: 300, gigabytes: 0.25 },
}

const GB = 1024 ** 3

/** Events of one request of a topic or a queue at most. */
const BATCH = 10

/** Bytes of the event of a record. */
export const eventBytes = (record: StatusRecord): number =>
  Buffer.byteLength(
    messageText(
      recordedEvent({ stage: 'prod', hashKey: 'key', recipients: 'masked' }, recordKey(record, null), record),
    ),
  )

/** What events add to a callback, in dollars: always, by each subscribed queue or endpoint that gets all of them, and by a bus. */
export function eventCosts({
  batch,
  bytes,
}: {
  batch: number
  bytes: number
}): Record<'topic' | 'queue' | 'webhook' | 'bus', number> {
  const { events, publisher, sender } = ASSUMED_OF_EVENTS
  const requests = Math.ceil(batch / BATCH) / batch
  const publishing = (publisher.batchMs / batch + events * publisher.eventMs) * publisher.gigabytes
  // What SNS delivers is a request of the queue; receives and deletes are batched.
  const queue = events * PRICES.queueRequest * (1 + 2 / Math.min(batch, BATCH))
  const sending =
    (PRICES.invocation + (PRICES.gigabyteSecond * sender.batchMs * sender.gigabytes) / 1_000) / Math.min(batch, BATCH)
  // A row that says when it was told; of the endpoint's state a read and a write a batch.
  const rows = PRICES.write + (PRICES.write + PRICES.read) / Math.min(batch, BATCH)
  return {
    topic:
      events * requests * PRICES.topicRequest +
      PRICES.invocation / batch +
      (PRICES.gigabyteSecond * publishing) / 1_000,
    queue,
    webhook: queue + events * (sending + rows + (PRICES.transferredGigabyte * bytes) / GB),
    bus: events * PRICES.busEvent,
  }
}
