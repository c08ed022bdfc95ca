import { BatchExecuteStatementCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { marshall } from '@aws-sdk/util-dynamodb'
import type { SQSBatchResponse, SQSEvent } from 'aws-lambda'

// The floor: the SDK alone, 25 INSERTs a call, the same fields as ours; no check of the input, no digest, one zone's offset.
// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ql-reference.multiplestatements.batching.html

const SIZE = 25

/** An SMS status of Octopush in a queue message, with the fields of our records. */
function itemOf(message: string) {
  const { provider, receivedAt, body } = JSON.parse(message)
  const { message_id, channel, list_name, number, status, unit_price, delivery_date, ...details } = JSON.parse(body)
  const occurredAt = `${delivery_date.replace(' ', 'T')}.000Z`
  return {
    pk: `${provider}#${message_id}`,
    sk: `${number}##${occurredAt}##${status}#`,
    provider,
    messageId: message_id,
    recipient: number,
    part: null,
    channel,
    status: 'delivered',
    final: true,
    providerStatus: status,
    description: null,
    error: null,
    occurredAt,
    receivedAt,
    order: 40,
    campaign: list_name,
    reference: null,
    normalizer: 1,
    price: { amount: unit_price, currency: null },
    details: { ...details, delivery_date },
  }
}

export const createWorker =
  (client: DynamoDBClient, table: string) =>
  async ({ Records }: SQSEvent): Promise<SQSBatchResponse> => {
    const items = Records.map(({ body }) => marshall(itemOf(body)))
    const columns = Object.keys(items[0] ?? {}).map((column) => `'${column}':?`)
    const Statement = `INSERT INTO "${table}" VALUE {${columns}}`
    const calls = Array.from({ length: Math.ceil(items.length / SIZE) }, (_, call) => {
      const own = items.slice(call * SIZE, (call + 1) * SIZE)
      const Statements = own.map((item) => ({ Statement, Parameters: Object.values(item) }))
      return client.send(new BatchExecuteStatementCommand({ Statements }))
    })
    const answers = await Promise.all(calls)
    const errors = answers.flatMap(({ Responses = [] }) => Responses.map(({ Error: error }) => error?.Code))
    return {
      batchItemFailures: Records.filter((_, index) => errors[index] && errors[index] !== 'DuplicateItem').map(
        ({ messageId }) => ({ itemIdentifier: messageId }),
      ),
    }
  }
