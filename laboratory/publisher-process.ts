import type { DynamoDBStreamEvent } from 'aws-lambda'
import { cloudWatchTelemetry } from '../functions/platform/telemetry.ts'
import { createPublisher } from '../functions/publisher/publisher.ts'
import { openLaboratoryTelling } from './telling.ts'

/** The publisher in a process that may be killed: a batch comes as a message of its parent, which gets an answer when it is done. */
const publisher = createPublisher({ events: openLaboratoryTelling(), telemetry: cloudWatchTelemetry() })

process.on('message', (event: DynamoDBStreamEvent) =>
  publisher(event).then(
    () => process.send?.({ response: true }),
    (error) => process.send?.({ error: String(error) }),
  ),
)
process.send?.({ ready: true })
