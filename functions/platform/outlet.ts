import type { EventBridgeClient } from '@aws-sdk/client-eventbridge'
import type { SNSClient } from '@aws-sdk/client-sns'
import type { OutletSettings } from '../domain/outlet.ts'
import { busOutlet } from './event-bus.ts'
import type { Outlet } from './publishing.ts'
import { topicOutlet } from './topic.ts'

/** The clients by which outlets are reached. */
export interface OutletClients {
  topics(): SNSClient
  /** Of a region, which is where the events of a bus must be sent. */
  buses(region: string): EventBridgeClient
}

/** The outlets of a deployment. */
export const openOutlets = (settings: readonly OutletSettings[], { topics, buses }: OutletClients): Outlet[] =>
  settings.map(({ recipients, ...where }) =>
    'bus' in where
      ? busOutlet({ client: buses(where.bus.split(':')[3] ?? ''), arn: where.bus }, recipients)
      : topicOutlet({ client: topics(), arn: where.topic }, recipients),
  )
