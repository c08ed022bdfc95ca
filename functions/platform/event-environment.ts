import { type EventContext, RECIPIENT_FORMS } from '../domain/event.ts'
import { secretsClient, snsClient, sqsClient } from './clients.ts'
import { required } from './environment.ts'
import { managedSecret } from './secrets.ts'
import type { Outlet } from './telling.ts'

/** What the events of the deployment's stage have in common; the secret is read when it is first needed. */
export function openContext(): () => Promise<EventContext> {
  const secret = managedSecret(secretsClient(), required('HASH_KEY_SECRET'))
  const stage = required('STAGE')
  const recipients = RECIPIENT_FORMS.find((form) => form === process.env.RECIPIENTS) ?? 'masked'
  return async () => ({ stage, recipients, hashKey: (await secret.current()).current })
}

/** The outlet of the deployment's variables. */
export const openOutlet = (arn: string): Outlet => ({
  topic: { client: snsClient(), arn },
  parked: { client: sqsClient(), url: required('PARKED_URL') },
})
