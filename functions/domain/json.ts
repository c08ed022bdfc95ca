/** A number that a double may not hold exactly: many digits, or an exponent. */
const LONG_NUMBER = /\d{16}|\d[eE][+-]?\d/

/**
 * The value of a JSON text. An integer beyond 2^53 and a number beyond the doubles come as the text that stood there, so
 * that nothing is rounded away and two long ids stay two.
 *
 * @throws SyntaxError where the text is not JSON.
 */
export const parseJson = (text: string): unknown =>
  LONG_NUMBER.test(text) ? JSON.parse(text, keepLongNumber) : JSON.parse(text)

function keepLongNumber(_key: string, value: unknown, { source }: { source?: string } = {}): unknown {
  if (typeof value !== 'number' || Number.isSafeInteger(value)) return value
  return Number.isFinite(value) && !Number.isInteger(value) ? value : source
}
