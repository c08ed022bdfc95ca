import { hash } from 'node:crypto'
import { Problem } from '../platform/problem.ts'

const MAX_LIMIT = 1000

/** The answer to a bad query parameter. */
export const reject = (name: string, expectation: string): Problem =>
  new Problem(400, `${name}: expected ${expectation}`)

/** How many things a page may hold. Throws Problem 400. */
export function readLimit(text: string | undefined, fallback: number): number {
  if (text === undefined) return fallback
  const limit = /^\d{1,4}$/.test(text) ? Number(text) : 0
  if (limit < 1 || limit > MAX_LIMIT) throw reject('limit', `a whole number from 1 to ${MAX_LIMIT}`)
  return limit
}

/**
 * Whether a plus stands where no blank can be meant: at an end, or beside a blank that is written as %20. No address of a recipient has a
 * blank.
 */
function isPlusMeant(name: string, value: string): boolean {
  if (name === 'recipient') return value.startsWith('+') || /@|%40/i.test(value.split('+').slice(1).join('+'))
  const isPlus = value.includes('+') && ['reference', 'campaign'].includes(name)
  return isPlus && (value.startsWith('+') || value.endsWith('+') || value.includes('%20'))
}

/**
 * A query string means a `+` as a blank, and API Gateway joins a parameter that stands in it twice. Throws Problem 400 where neither
 * can be meant.
 */
export function checkQueryString(queryString = ''): void {
  const names = new Set<string>()
  for (const pair of queryString.split('&').filter((pair) => pair !== '')) {
    const [[name = ''] = []] = new URLSearchParams(pair)
    if (names.has(name)) throw reject(nameOf(name), 'to be given once')
    names.add(name)
    if (isPlusMeant(name, pair.slice(pair.indexOf('=') + 1))) throw reject(name, 'a plus sign as %2B, a blank as %20')
  }
}

/** Throws Problem 400 where there are parameters besides the known ones, and those that sign a URL. */
export function rejectUnknown(known: readonly string[], parameters: Record<string, unknown>): void {
  const unknown = Object.keys(parameters).filter((name) => !known.includes(name) && !/^x-amz-/i.test(name))
  if (unknown.length > 0)
    throw new Problem(
      400,
      `no parameter is called ${unknown.slice(0, MAX_NAMES).map(nameOf).join(', ')}: expected ${known.join(', ')}`,
    )
}

/** How many names that somebody made up an answer repeats. */
export const MAX_NAMES = 3
const MAX_NAME = 50

/** A name that somebody made up, in an answer. */
export const nameOf = (name: string): string => JSON.stringify(name.slice(0, MAX_NAME)).slice(1, -1)

const CHECK_BYTES = 6

/** Where a page of a query ended, as an opaque word: valid for the query that gave it, and no other. */
export const encodeCursor = (query: readonly unknown[], position: string): string =>
  Buffer.concat([checkOf(query, position), Buffer.from(position)]).toString('base64url')

/** The answer to a cursor of no page. */
export const badCursor = (): Problem => reject('cursor', 'the cursor of an earlier page of this query')

/** Where the page before ended. Throws Problem 400 where the cursor is none of this query. */
export function decodeCursor(query: readonly unknown[], cursor: string | undefined): string | undefined {
  if (cursor === undefined) return undefined
  const position = Buffer.from(cursor, 'base64url').subarray(CHECK_BYTES).toString()
  if (encodeCursor(query, position) !== cursor) throw badCursor()
  return position
}

const checkOf = (query: readonly unknown[], position: string): Buffer =>
  hash('sha256', JSON.stringify([...query, position]), 'buffer').subarray(0, CHECK_BYTES)
