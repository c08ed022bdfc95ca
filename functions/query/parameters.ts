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
 * A query string means a `+` as a blank. No phone number begins with one, and no address has one. Throws Problem 400 where a
 * plus was meant.
 */
export function checkRecipient(queryString = ''): void {
  if (/(?:^|&)recipient=(?:\+|[^&]*\+[^&]*(?:@|%40))/i.test(queryString))
    throw reject('recipient', 'a plus sign as %2B, a blank as %20')
}

const CHECK_BYTES = 6

/** Where a page of a query ended, as an opaque word: valid for the query that gave it, and no other. */
export const encodeCursor = (query: readonly unknown[], position: string): string =>
  Buffer.concat([checkOf(query, position), Buffer.from(position)]).toString('base64url')

/** Where the page before ended. Throws Problem 400 where the cursor is none of this query. */
export function decodeCursor(query: readonly unknown[], cursor: string | undefined): string | undefined {
  if (cursor === undefined) return undefined
  const position = Buffer.from(cursor, 'base64url').subarray(CHECK_BYTES).toString()
  if (encodeCursor(query, position) !== cursor) throw reject('cursor', 'the cursor of an earlier page of this query')
  return position
}

const checkOf = (query: readonly unknown[], position: string): Buffer =>
  hash('sha256', JSON.stringify([...query, position]), 'buffer').subarray(0, CHECK_BYTES)
