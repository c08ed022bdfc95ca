import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { json } from 'node:stream/consumers'
import { EventBridgeClient } from '@aws-sdk/client-eventbridge'
import type { LedgerEvent, RecipientForm } from '../functions/domain/event.ts'
import { busOutlet } from '../functions/platform/event-bus.ts'
import { LOCAL_AWS } from '../local/credentials.ts'

/** The ARN of the event bus. */
export const BUS = 'arn:aws:events:eu-west-1:000000000000:event-bus/company'

/** An entry as the bus has taken it. */
interface Taken {
  EventBusName: string
  DetailType: string
  Source: string
  Detail: LedgerEvent
}

/** How a request is answered: as a whole, or by the error code of each entry that fails. */
type Answer = 'away' | 'throttled' | (string | undefined)[]

/** No emulator of ours has event buses: this answers PutEvents as the service does, and first as `answers` say. */
export async function startEventBus() {
  const taken: Taken[] = []
  const answers: Answer[] = []
  const requests: Taken[][] = []
  const server = createServer(async (request, response) => {
    const { Entries } = (await json(request)) as { Entries: (Omit<Taken, 'Detail'> & { Detail: string })[] }
    const entries = Entries.map((entry) => ({ ...entry, Detail: JSON.parse(entry.Detail) }))
    requests.push(entries)
    const answer = answers.shift() ?? []
    if (!Array.isArray(answer)) {
      const __type = answer === 'throttled' ? 'ThrottlingException' : 'InternalException'
      response.writeHead(answer === 'throttled' ? 400 : 500).end(JSON.stringify({ __type }))
      return
    }
    taken.push(...entries.filter((_, index) => answer[index] === undefined))
    const results = entries.map((_, index) => (answer[index] ? { ErrorCode: answer[index] } : { EventId: `${index}` }))
    response.end(JSON.stringify({ FailedEntryCount: answer.filter(Boolean).length, Entries: results }))
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const client = new EventBridgeClient({ ...LOCAL_AWS, endpoint, maxAttempts: 1 })
  return {
    outlet: (recipients: RecipientForm) => busOutlet({ client, arn: BUS }, recipients),
    /** What it has taken. */
    taken,
    /** The entries of each request, taken or not. */
    requests,
    answers,
    async stop() {
      client.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}
