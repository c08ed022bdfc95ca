import type { APIGatewayProxyEventV2 } from 'aws-lambda'
import type { GatewayRoute } from './gateway.ts'

/** Names of this machine; any other is a foreign name that was pointed at it (DNS rebinding). */
const LOCAL_HOST = /^(127\.0\.0\.1|localhost)(:\d+)?$/

/** Answers only requests that were addressed to this machine by one of its own names. */
export const onlyLocal =
  (answer: GatewayRoute['invoke']): GatewayRoute['invoke'] =>
  async (event) =>
    LOCAL_HOST.test(event.headers.host ?? '')
      ? answer(event)
      : { statusCode: 421, body: 'expected the host 127.0.0.1 or localhost' }

/**
 * Whether the browser says that a page of this server sent the request. Pages and forms of other sites cannot claim that;
 * a request without the header is refused. https://developer.mozilla.org/en-US/docs/Web/HTTP/Reference/Headers/Sec-Fetch-Site
 */
export function isSameOrigin({ headers }: APIGatewayProxyEventV2): boolean {
  const { host, origin, 'sec-fetch-site': site } = headers
  if (site !== undefined && site !== 'same-origin') return false
  if (origin !== undefined) return origin === `http://${host}`
  return site !== undefined
}
