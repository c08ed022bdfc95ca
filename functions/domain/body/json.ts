import { readArray, readObject, readText } from '../payload.ts'
import type { Body } from './body.ts'

/** A JSON object by its members. */
export type JsonObject = Record<string, unknown>

/** A JSON object. */
export const jsonObject: Body<JsonObject> = (callback) => orNothing(readText(callback), readObject)

/** A JSON array, or a single object in place of an array of one. */
export const jsonArray: Body<unknown[]> = (callback) => orNothing(readText(callback), readArray)

/** The JSON object that a member of a JSON object holds as a text. */
export const jsonInMember =
  (name: string): Body<{ outer: JsonObject; inner: JsonObject | undefined }> =>
  (callback) => {
    const outer = jsonObject(callback)
    if (outer === undefined) return undefined
    const text = outer[name]
    return { outer, inner: typeof text === 'string' && /^\s*\{/.test(text) ? readObject(text, name) : undefined }
  }

function orNothing<T>(text: string, read: (text: string) => T): T | undefined {
  return text.trim() === '' ? undefined : read(text)
}
