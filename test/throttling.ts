import type { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import type { Table } from '../functions/platform/table.ts'

/**
 * The table behind a limit that emulators do not have: a burst of writes, then so many a second. The rest is answered as
 * DynamoDB does: statement by statement in a 200, as unprocessed items, or with an error. https://github.com/boto/boto3/issues/3834
 */
export function throttle<T extends Table>(table: T, { burst, rate }: { burst: number; rate: number }): T {
  let tokens = burst
  let at = Date.now()
  const take = () => {
    tokens = Math.min(burst, tokens + ((Date.now() - at) / 1000) * rate)
    at = Date.now()
    if (tokens < 1) return false
    tokens--
    return true
  }
  const send = async ({ input }: { input: Record<string, unknown> }, original: (input: object) => Promise<object>) => {
    const { Statements, RequestItems } = input as {
      Statements?: object[]
      RequestItems?: Record<string, object[]>
    }
    if (Statements !== undefined) {
      const taken = Statements.map(take)
      const allowed = Statements.filter((_, index) => taken[index])
      const { Responses = [] } = (allowed.length > 0 ? await original({ Statements: allowed }) : {}) as {
        Responses?: object[]
      }
      return { Responses: taken.map((one) => (one ? Responses.shift() : { Error: { Code: 'ThrottlingError' } })) }
    }
    if (RequestItems === undefined) {
      if (take()) return original(input)
      throw Object.assign(new Error('throttled'), { name: 'ThrottlingException' })
    }
    const [[name = '', requests = []] = []] = Object.entries(RequestItems)
    const taken = requests.map(take)
    const allowed = requests.filter((_, index) => taken[index])
    if (allowed.length > 0) await original({ RequestItems: { [name]: allowed } })
    return { UnprocessedItems: { [name]: requests.filter((_, index) => !taken[index]) } }
  }
  const client = Object.create(table.client) as DynamoDBClient
  client.send = ((command: { input: Record<string, unknown>; constructor: new (input: object) => never }) =>
    send(command, (input) => table.client.send(new command.constructor(input)))) as never
  return { ...table, client }
}
