/** A number that a double may not hold exactly: more than 15 digits, or an exponent. Digits of an id in quotes are none. */
const LONG_NUMBER = /(?:^|[\s:,[])-?\d(?:[\d.]{15}|[\d.]*[eE])/

const NUMBER = /^-?(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/

/**
 * The value of a JSON text. A number that JavaScript would write with other digits (long integers and fractions, numbers
 * beyond the doubles) comes as the text that stood there, so that nothing is rounded away and two long ids stay two.
 *
 * @throws SyntaxError where the text is not JSON.
 */
export const parseJson = (text: string): unknown =>
  LONG_NUMBER.test(text) ? JSON.parse(text, keepLongNumber) : JSON.parse(text)

function keepLongNumber(_key: string, value: unknown, { source = '' }: { source?: string } = {}): unknown {
  if (typeof value !== 'number') return value
  const isUnsafe = Number.isInteger(value) && !Number.isSafeInteger(value)
  return !isUnsafe && significant(source) === significant(String(value)) ? value : source
}

/** A number's digits without the zeros around them, and the power of ten that they count from. */
function significant(number: string): string {
  const [, whole = '', fraction = '', exponent = '0'] = NUMBER.exec(number) ?? []
  const digits = (whole + fraction).replace(/^0+/, '')
  if (digits === '') return '0'
  const end = digits.length - trailingZeros(digits)
  return `${digits.slice(0, end)}e${Number(exponent) - fraction.length + digits.length - end}`
}

function trailingZeros(digits: string): number {
  let count = 0
  while (digits.at(-1 - count) === '0') count++
  return count
}
