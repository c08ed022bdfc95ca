import * as z from 'zod/mini'
import { distanceOf, nearestTo } from '../../functions/domain/nearest.ts'

/** A whole number. */
export const count = (minimum: number, maximum: number) =>
  z
    .int({ error: `expected a whole number from ${minimum} to ${maximum}` })
    .check(
      z.minimum(minimum, { error: `expected at least ${minimum}` }),
      z.maximum(maximum, { error: `expected at most ${maximum}` }),
    )

/** True or false. */
export const flag = z.boolean({ error: 'expected true or false' })

/** An object with these members and no others. */
export const members = <T extends z.core.$ZodShape>(shape: T, example = '{}') =>
  z.strictObject(shape, {
    error: (issue) =>
      issue.code === 'unrecognized_keys'
        ? issue.keys.map((key) => unknown(key, Object.keys(shape))).join('; ')
        : `expected an object, such as ${example}`,
  })

/** A mistyped name is answered with the nearest one, any other with all. */
function unknown(key: string, names: readonly string[]): string {
  const nearest = nearestTo(key, names) ?? ''
  const isTypo = distanceOf(key.toLowerCase(), nearest.toLowerCase()) <= Math.max(1, key.length / 3)
  return isTypo ? `unknown ${key}, did you mean ${nearest}?` : `unknown ${key}, expected one of ${names.join(', ')}`
}
