import { type Callback, encodeBody } from '../functions/domain/callback.ts'

/** A callback of a provider as it travels through the queue; what differs from it is given as `more`. */
export const callbackWith = (provider: string, body: string, more: Partial<Callback> = {}): Callback => ({
  provider,
  requestId: body,
  receivedAt: '2026-01-02T03:04:05.678Z',
  method: 'POST',
  pathParameters: {},
  query: '',
  contentType: 'application/json',
  ...encodeBody(Buffer.from(body)),
  ...more,
})

/** Sends octopush's callback that an SMS was delivered to a local stack. */
export const sendSms = (url: string, id: string): Promise<Response> =>
  fetch(`${url}/webhooks/octopush?key=local-key`, {
    method: 'POST',
    body: JSON.stringify({
      channel: 'sms',
      message_id: id,
      number: '+33600112233',
      status: 'DELIVERED',
      delivery_date: '2025-01-22 11:46:06',
    }),
  })
