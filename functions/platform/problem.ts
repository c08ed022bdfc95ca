import type { MiddlewareObj } from '@middy/core'
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda'

const TITLES = {
  400: 'Bad Request',
  401: 'Unauthorized',
  404: 'Not Found',
  405: 'Method Not Allowed',
  409: 'Conflict',
  413: 'Content Too Large',
  500: 'Internal Server Error',
  503: 'Service Unavailable',
} as const

/** An answer other than 2xx, thrown from anywhere in a handler. */
export class Problem extends Error {
  readonly status: keyof typeof TITLES
  readonly headers: Record<string, string>

  constructor(status: keyof typeof TITLES, detail: string, headers: Record<string, string> = {}, cause?: unknown) {
    super(detail, { cause })
    this.status = status
    this.headers = headers
  }
}

/** A request that is signed with the right key, at a time that is too far from now: it reads like any that is not authentic. */
export class Stale extends Problem {}

/** Turns whatever a handler throws into an RFC 9457 problem; what is no Problem is first given to `onUnexpected`. */
export const problemResponses = (
  onUnexpected: (error: unknown) => void,
): MiddlewareObj<APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2> => ({
  onError: (request) => {
    if (!(request.error instanceof Problem)) onUnexpected(request.error)
    const problem =
      request.error instanceof Problem ? request.error : new Problem(500, 'An internal error; send it again.')
    request.response = {
      statusCode: problem.status,
      headers: { 'content-type': 'application/problem+json', ...problem.headers },
      body: JSON.stringify({
        type: 'about:blank',
        title: TITLES[problem.status],
        status: problem.status,
        detail: problem.message,
        instance: request.event.requestContext.requestId,
      }),
    }
  },
})
