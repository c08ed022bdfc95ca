import {
  GetEventSourceMappingCommand,
  type LambdaClient,
  ResourceInUseException,
  UpdateEventSourceMappingCommand,
} from '@aws-sdk/client-lambda'
import type { Mappings } from './keeper.ts'

/** What a mapping is, or is becoming, where nothing is left to do: https://docs.aws.amazon.com/lambda/latest/api/API_EventSourceMappingConfiguration.html */
const ENABLED = ['Enabled', 'Enabling', 'Creating', 'Updating']
const DISABLED = ['Disabled', 'Disabling']

/** Lambda's mappings of queues to senders, by the names of their endpoints. One that is just being changed is left to the next minute. */
export function eventSourceMappings(client: LambdaClient, ids: Readonly<Record<string, string | undefined>>): Mappings {
  async function turn(name: string, Enabled: boolean): Promise<void> {
    const UUID = ids[name]
    const { State = '' } = await client.send(new GetEventSourceMappingCommand({ UUID }))
    if ((Enabled ? ENABLED : DISABLED).includes(State)) return
    try {
      await client.send(new UpdateEventSourceMappingCommand({ UUID, Enabled }))
    } catch (error) {
      if (!(error instanceof ResourceInUseException)) throw error
    }
  }
  return { pause: (name) => turn(name, false), resume: (name) => turn(name, true) }
}
