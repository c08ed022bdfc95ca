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
