import { required } from '../platform/environment.ts'
import { openContext, openOutlet } from '../platform/event-environment.ts'
import { cloudWatchTelemetry } from '../platform/telemetry.ts'
import { createPublisher } from './publisher.ts'

export const handler = createPublisher({
  outlet: openOutlet(required('TOPIC_ARN')),
  context: openContext(),
  telemetry: cloudWatchTelemetry(),
})
