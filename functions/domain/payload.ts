import * as z from 'zod/mini'
import { type Callback, decodeBody } from './callback.ts'
import { hasTooManyMembers, MAX_MEMBERS, parseJson } from './json.ts'

/** A payload that is not as its provider documents it; each problem reads `path: expectation`. */
export class Malformed extends Error {
  readonly problems: string[]

  constructor(problems: string[]) {
    super(problems.join('; '))
    this.problems = problems
  }
}

/** An id, an address or a status: a text, or a number as its digits. */
export const word = z.pipe(
  z.union([z.string().check(z.minLength(1, { error: 'expected text' })), z.number()], { error: 'expected text' }),
  z.transform(String),
)

/** An optional text; null where it is missing or empty. */
export const optionalWord = z.pipe(
  z.nullish(z.union([z.string(), z.number()], { error: 'expected text' })),
  z.transform((value) => (value === null || value === undefined || value === '' ? null : String(value))),
)

/** The same for a value that no schema has checked; null where it is anything else. */
export const textOf = (value: unknown): string | null => optionalWord.safeParse(value).data ?? null

/** An optional amount: a number, or the text of one. */
export const optionalAmount = z.nullish(
  z.union([z.number(), z.string().check(z.regex(/^-?\d+(\.\d+)?([eE][+-]?\d+)?$/, { error: 'expected number' }))], {
    error: 'expected number',
  }),
)

/** A time's text, in the shape that the provider documents. */
export const time = (shape: string) => z.string({ error: `expected ${shape}` })

/**
 * The body as text; a byte order mark before it is no part of it (RFC 8259, section 8.1).
 *
 * @throws Malformed where the bytes are not UTF-8.
 */
export function readText(callback: Callback): string {
  if (callback.encoding === 'utf8') return callback.body.replace(/^\uFEFF/, '')
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(decodeBody(callback))
  } catch {
    throw new Malformed(['body: expected UTF-8'])
  }
}

/** The key `__proto__`, however it is written. */
const PROTO =
  /"(?:_|\\u005[fF]){2}(?:p|\\u0070)(?:r|\\u0072)(?:o|\\u006[fF])(?:t|\\u0074)(?:o|\\u006[fF])(?:_|\\u005[fF]){2}"\s*:/

/**
 * The JSON object in a text.
 *
 * @throws Malformed where it holds none.
 */
export function readObject(text: string, path = 'body'): Record<string, unknown> {
  const json = readJson(text, path)
  if (typeof json === 'object' && json !== null && !Array.isArray(json)) return json as Record<string, unknown>
  throw new Malformed([`${path}: expected a JSON object`])
}

/**
 * The JSON array in a text; a single object is taken for an array of one.
 *
 * @throws Malformed where it holds neither.
 */
export function readArray(text: string, path = 'body'): unknown[] {
  const json = readJson(text, path)
  if (Array.isArray(json)) return json
  if (typeof json === 'object' && json !== null) return [json]
  throw new Malformed([`${path}: expected a JSON array`])
}

/**
 * The value as the schema gives it; `path` is where it stands in the body.
 *
 * @throws Malformed where the schema does not accept it.
 */
export function read<T>(schema: z.ZodMiniType<T>, value: unknown, path = ''): T {
  const result = schema.safeParse(value)
  if (result.success) return result.data
  throw new Malformed(result.error.issues.map((issue) => `${pathOf(issue.path, path)}: ${expectationOf(issue)}`))
}

/** A list with more bad entries than this is not taken for a list of the provider's. */
const MAX_PROBLEMS = 1_000

/**
 * Each entry of a list that the schema accepts, with its path; the others become problems, so that one bad entry does not
 * discard the good ones. An entry that the caller has taken out is undefined.
 *
 * @throws Malformed where they are too many.
 */
export function readEach<T>(schema: z.ZodMiniType<T>, entries: readonly unknown[], path: string, problems: string[]) {
  return entries.flatMap((value, index) => {
    if (value === undefined) return []
    const at = `${path}[${index}]`
    try {
      return [{ entry: read(schema, value, at), path: at }]
    } catch (error) {
      if (!(error instanceof Malformed)) throw error
      problems.push(...error.problems)
      if (problems.length > MAX_PROBLEMS) throw new Malformed(problems)
      return []
    }
  })
}

/**
 * The value of a JSON text.
 *
 * @throws Malformed where it is none, or where an object in it has too many members.
 */
export function readJson(text: string, path = 'body'): unknown {
  let json: unknown
  try {
    json = parseJson(text)
  } catch {
    throw new Malformed([`${path}: expected JSON`])
  }
  if (hasTooManyMembers(json, text))
    throw new Malformed([`${path}: expected objects of at most ${MAX_MEMBERS} members`])
  // Assigned to an object, it would set the prototype and not a member: the value would be lost.
  if (PROTO.test(text)) throw new Malformed([`${path}: expected no key __proto__`])
  return json
}

const pathOf = (keys: readonly PropertyKey[], prefix: string): string =>
  keys.reduce<string>(
    (path, key) => path + (typeof key === 'number' ? `[${key}]` : `${path && '.'}${String(key)}`),
    prefix,
  )

const expectationOf = (issue: z.core.$ZodIssue): string =>
  issue.code === 'invalid_type' && !issue.message.startsWith('expected') ? `expected ${issue.expected}` : issue.message
