import type { Callback } from '../callback.ts'
import { Malformed, readArray, readText } from '../payload.ts'
import { hasTooManyFields, MAX_FIELDS, withoutParameters } from '../request.ts'
import type { Body } from './body.ts'
import { type JsonObject, jsonObject } from './json.ts'

/** Fields by name, blank ones included; a name that is repeated has all its values, in their order. */
export type Fields = Record<string, string | string[]>

/** An `application/x-www-form-urlencoded` body. */
export const form: Body<Fields> = (callback) => fieldsOf(readText(callback))

/** The parameters of the query, where the facts stand in the URL; the `reference` that we put there is left out. */
export const query: Body<Fields> = ({ query }) => fieldsOf(withoutParameters(query, ['reference']))

/** A form, or where there is none the query: for providers that let their customer choose the method. */
export const formOrQuery: Body<Fields> = (callback) => form(callback) ?? query(callback)

/** A JSON object, a form, or the query: for providers that let their customer choose the format too. */
export const jsonOrFormOrQuery: Body<JsonObject> = (callback) =>
  /^\s*\{/.test(callback.body) ? jsonObject(callback) : formOrQuery(callback)

/** The JSON array that a field of a form holds as a text. */
export const jsonInField =
  (name: string): Body<unknown[]> =>
  (callback: Callback) => {
    const fields = form(callback)
    if (fields === undefined) return undefined
    const text = fields[name]
    if (typeof text !== 'string') throw new Malformed([`${name}: expected one field`])
    return readArray(text, name)
  }

function fieldsOf(text: string): Fields | undefined {
  if (hasTooManyFields(text)) throw new Malformed([`body: expected at most ${MAX_FIELDS} fields`])
  const parameters = [...new URLSearchParams(text.trim())]
  if (parameters.length === 0) return undefined
  const fields: Fields = Object.create(null)
  for (const [name, value] of parameters) {
    const known = fields[name]
    if (known === undefined) fields[name] = value
    else fields[name] = [known, value].flat()
  }
  if ('__proto__' in fields) throw new Malformed(['body: expected no field __proto__'])
  return { ...fields }
}
