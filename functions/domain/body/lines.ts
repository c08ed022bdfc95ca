import { Malformed, readJson, readText } from '../payload.ts'
import type { Body } from './body.ts'

/**
 * JSON lines, https://jsonlines.org, or a single JSON value in any number of lines. A line that is no JSON is an entry of
 * text, so that it does not discard the others; where no line is an object, the body is none of both.
 */
export const jsonLines: Body<unknown[]> = (callback) => {
  const text = readText(callback)
  if (text.trim() === '') return undefined
  try {
    return [readJson(text)]
  } catch (error) {
    const values = text.split('\n').flatMap((line) => (line.trim() === '' ? [] : [readLine(line)]))
    if (!values.some((value) => typeof value === 'object')) throw error
    return values
  }
}

function readLine(line: string): unknown {
  try {
    return readJson(line)
  } catch (error) {
    if (error instanceof Malformed) return line
    throw error
  }
}
