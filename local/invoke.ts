/** A Lambda function on this machine: takes an event, gives the answer as JSON. */
export type LocalFunction = (event: object) => Promise<unknown>

/** https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html; the exact figure is in the message of the error. */
const MAX_RESPONSE_BYTES = 6_291_556

/**
 * Calls a function as Lambda does: the payload is its answer, the error that it threw, or the error that its answer is too large.
 * https://docs.aws.amazon.com/lambda/latest/dg/nodejs-exceptions.html
 */
export async function invoke(called: LocalFunction, event: object): Promise<{ failed: boolean; payload: string }> {
  try {
    const payload = JSON.stringify((await called(event)) ?? null)
    if (Buffer.byteLength(payload) <= MAX_RESPONSE_BYTES) return { failed: false, payload }
    const errorMessage = `Response payload size exceeded maximum allowed payload size (${MAX_RESPONSE_BYTES} bytes).`
    return { failed: true, payload: JSON.stringify({ errorType: 'Function.ResponseSizeTooLarge', errorMessage }) }
  } catch (error) {
    const { name: errorType, message: errorMessage } = error instanceof Error ? error : new Error(String(error))
    return { failed: true, payload: JSON.stringify({ errorType, errorMessage }) }
  }
}
