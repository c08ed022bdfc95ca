import { snsClient, sqsClient } from '../functions/platform/clients.ts'
import { required } from '../functions/platform/environment.ts'
import type { Telling } from '../functions/platform/telling.ts'
import { localTelling } from '../local/events.ts'

/** How the processes of the laboratory tell its topic; recipients are as they are, so that the oracle can compare them. */
export const openLaboratoryTelling = (): Telling =>
  localTelling(
    { client: snsClient(), arn: 'arn:aws:sns:local:000000000000:events' },
    { client: sqsClient(), url: required('PARKED_URL') },
    { hashKey: async () => 'laboratory' },
  )
