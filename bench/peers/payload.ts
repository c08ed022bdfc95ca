/** A callback as the peers put it into the queue. */
export const messageOf = (body: string | undefined): string =>
  JSON.stringify({ provider: 'octopush', receivedAt: new Date().toISOString(), body })

/** A callback in a queue message as the peers store it: the few fields of a status, no more. */
export function itemOf(message: string) {
  const { provider, receivedAt, body } = JSON.parse(message)
  const { message_id, number, status, delivery_date, ...details } = JSON.parse(body)
  return {
    pk: `${provider}#${message_id}`,
    sk: `${number}#${delivery_date}#${status}`,
    provider,
    messageId: message_id,
    recipient: number,
    status,
    occurredAt: delivery_date,
    receivedAt,
    details,
  }
}
