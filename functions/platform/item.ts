import type { AttributeValue } from '@aws-sdk/client-dynamodb'

/** https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html, "nested attribute depth" */
const MAX_LEVELS = 32

/**
 * JSON and bytes as DynamoDB keeps them; what is undefined is left out.
 *
 * Not by util-dynamodb's `marshall`, which asks each object for its `constructor`: a key that a provider may well use.
 *
 * @throws Error where DynamoDB or its client cannot keep it: nested too deep, or a key `__proto__`.
 */
export const itemOf = (value: object, level = 0): Record<string, AttributeValue> =>
  Object.fromEntries(
    Object.entries(value)
      .filter(([, member]) => member !== undefined)
      .map(([name, member]) => {
        if (name === '__proto__') throw new Error('expected no key __proto__')
        return [name, attributeOf(member, level)]
      }),
  )

function attributeOf(value: unknown, level: number): AttributeValue {
  if (value === null) return { NULL: true }
  if (typeof value === 'string') return { S: value }
  if (typeof value === 'number') return { N: String(value) }
  if (typeof value === 'boolean') return { BOOL: value }
  if (value instanceof Uint8Array) return { B: value }
  if (level === MAX_LEVELS) throw new Error(`expected at most ${MAX_LEVELS} levels`)
  if (Array.isArray(value)) return { L: value.map((member) => attributeOf(member, level + 1)) }
  return { M: itemOf(value as object, level + 1) }
}
