import { openTelling } from '../platform/event-environment.ts'
import { cloudWatchTelemetry } from '../platform/telemetry.ts'
import { createPublisher } from './publisher.ts'

export const handler = createPublisher({ events: openTelling(), telemetry: cloudWatchTelemetry() })
