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

/** Where a page ended, as an opaque word. */
export const encodeCursor = (position: string): string => Buffer.from(position).toString('base64url')

/** Where the page before ended. Throws Problem 400. */
export function decodeCursor(cursor: string | undefined): string | undefined {
  if (cursor === undefined) return undefined
  const position = Buffer.from(cursor, 'base64url').toString()
  if (position === '' || encodeCursor(position) !== cursor) throw reject('cursor', 'the cursor of an earlier page')
  return position
}
