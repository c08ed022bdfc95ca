import type { AttributeValue } from '@aws-sdk/client-dynamodb'

/** https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html, "nested attribute depth" */
const MAX_LEVELS = 32

/** DynamoDB takes 64 KB of an attribute's name (the same page), the JSON reader of DynamoDB Local 50,000 characters. */
const MAX_NAME_BYTES = 50_000

/**
 * JSON and bytes as DynamoDB keeps them; what is undefined is left out.
 *
 * Not by util-dynamodb's `marshall`, which asks each object for its `constructor`: a key that a provider may well use.
 *
 * @throws Error where DynamoDB or its client cannot keep it: nested too deep, a key that is too long, or a key `__proto__`.
 */
export function itemOf(value: object, level = 0): Record<string, AttributeValue> {
  const item: Record<string, AttributeValue> = {}
  for (const [name, member] of Object.entries(value)) {
    if (name === '__proto__') throw new Error('expected no key __proto__')
    if (Buffer.byteLength(name) > MAX_NAME_BYTES) throw new Error(`expected keys of at most ${MAX_NAME_BYTES} bytes`)
    if (member !== undefined) item[name] = attributeOf(member, level)
  }
  return item
}

/** An update that sets attributes, removes those that are null, and leaves all others. */
export function assignmentOf(attributes: Readonly<Record<string, unknown>>) {
  const names = Object.keys(attributes).filter((name) => attributes[name] !== undefined)
  const [removed, set] = [
    names.filter((name) => attributes[name] === null),
    names.filter((name) => attributes[name] !== null),
  ]
  const removal = removed.length === 0 ? '' : ` REMOVE ${removed.map((name) => `#${name}`)}`
  return {
    UpdateExpression: `SET ${set.map((name) => `#${name} = :${name}`)}${removal}`,
    ExpressionAttributeNames: Object.fromEntries(names.map((name) => [`#${name}`, name])),
    ExpressionAttributeValues: itemOf(Object.fromEntries(set.map((name) => [`:${name}`, attributes[name]]))),
  }
}

/** The same of one value. */
export function attributeOf(value: unknown, level = 0): AttributeValue {
  if (value === null) return { NULL: true }
  if (typeof value === 'string') return { S: value }
  if (typeof value === 'bigint') throw new Error('expected no bigint')
  if (typeof value === 'number') return { N: String(value) }
  if (typeof value === 'boolean') return { BOOL: value }
  if (value instanceof Uint8Array) return { B: value }
  if (level === MAX_LEVELS) throw new Error(`expected at most ${MAX_LEVELS} levels`)
  if (Array.isArray(value)) return { L: value.map((member) => attributeOf(member, level + 1)) }
  return { M: itemOf(value as object, level + 1) }
}
