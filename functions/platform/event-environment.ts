import { type EventContext, RECIPIENT_FORMS } from '../domain/event.ts'
import { snsClient, sqsClient } from './clients.ts'
import { openHashKey } from './delivery-environment.ts'
import { required } from './environment.ts'
import type { Outlet } from './telling.ts'

/** What the events of the deployment's stage have in common. */
export function openContext(hashKey = openHashKey()): () => Promise<EventContext> {
  const stage = required('STAGE')
  const recipients = RECIPIENT_FORMS.find((form) => form === process.env.RECIPIENTS) ?? 'masked'
  return async () => ({ stage, recipients, hashKey: await hashKey() })
}

/** The outlet of the deployment's variables. */
export const openOutlet = (arn: string): Outlet => ({
  topic: { client: snsClient(), arn },
  parked: { client: sqsClient(), url: required('PARKED_URL') },
})
