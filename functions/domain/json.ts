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

/** An object of more members is none of a provider's: each copy of it, as mappings make several, takes up to a second. */
export const MAX_MEMBERS = 20_000

/** The shortest member, `"a":1`, and a comma. */
const MEMBER_CHARACTERS = 6

/** Whether an object in the value of this JSON text has too many members. */
export function hasTooManyMembers(value: unknown, text: string): boolean {
  if (text.length < MAX_MEMBERS * MEMBER_CHARACTERS) return false
  const left = [value]
  // `left` grows in the loop: a body may be nested deeper than functions may call each other.
  for (const one of left) {
    if (typeof one !== 'object' || one === null) continue
    if (!Array.isArray(one) && Object.keys(one).length > MAX_MEMBERS) return true
    for (const member of Object.values(one)) left.push(member)
  }
  return false
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
